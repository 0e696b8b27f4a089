/** Build, dev server and unit tests of the web application. */
import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { VitePWA } from "vite-plugin-pwa";
import { defineConfig } from "vitest/config";

const apiTarget = process.env["API_URL"] ?? "http://127.0.0.1:3000";

/** What makes of the desk an application that can be installed, and that opens without a network. */
const application = VitePWA({
  strategies: "injectManifest",
  srcDir: "src",
  filename: "sw.ts",
  injectRegister: false,
  registerType: "prompt",
  includeAssets: ["favicon.svg", "theme.js", "icons/*.png"],
  injectManifest: {
    // Of the typeface, what the desk's languages are written with.
    globPatterns: ["**/*.{js,css,html,svg}", "**/inter-latin*.woff2"],
  },
  manifest: {
    id: "/",
    name: "Centralita",
    short_name: "Centralita",
    description: "WhatsApp Business: todas las líneas, un solo escritorio.",
    lang: "es",
    start_url: "/",
    scope: "/",
    display: "standalone",
    background_color: "#f4f5f4",
    theme_color: "#0b6b60",
    categories: ["business", "productivity"],
    icons: [
      { src: "/icons/192.png", sizes: "192x192", type: "image/png" },
      { src: "/icons/512.png", sizes: "512x512", type: "image/png" },
      { src: "/icons/maskable-512.png", sizes: "512x512", type: "image/png", purpose: "maskable" },
    ],
  },
});

export default defineConfig({
  plugins: [react(), tailwindcss(), application],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: {
    port: 5173,
    proxy: { "/api": { target: apiTarget, ws: true, changeOrigin: false } },
  },
  build: { target: "es2022", sourcemap: false, manifest: true },
  test: {
    environment: "jsdom",
    setupFiles: ["./tests/setup.ts"],
    include: ["tests/**/*.test.{ts,tsx}"],
    css: false,
  },
});
