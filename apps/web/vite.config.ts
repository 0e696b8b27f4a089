/** Build, dev server and unit tests of the web application. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
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
    // What is fetched when somebody asks for it: the emoji of every language, and what makes voice messages.
    globIgnores: ["**/emojibase-*.js", "**/voice-file-*.js"],
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

const EMOJI = "virtual:emoji/";

interface CompactEmoji {
  unicode: string;
  label: string;
  tags?: string[];
  group?: number;
  order?: number;
}

/** Of Emojibase's data what the picker shows, as one module for each language. */
const emoji: Plugin = {
  name: "emoji",
  resolveId: (id) => (id.startsWith(EMOJI) ? `\0${id}` : null),
  load: async (id) => {
    if (!id.startsWith(`\0${EMOJI}`)) return null;
    const language = id.slice(EMOJI.length + 1);
    const path = new URL(`./node_modules/emojibase-data/${language}/compact.json`, import.meta.url);
    const all = JSON.parse(await readFile(path, "utf8")) as CompactEmoji[];
    const rows = all
      // Parts of others have no group.
      .filter(({ group }) => group !== undefined)
      .sort((a, b) => (a.order ?? 0) - (b.order ?? 0))
      .map(({ unicode, label, tags = [], group }) => [unicode, label, tags.join(" "), group]);
    return `export default JSON.parse(${JSON.stringify(JSON.stringify(rows))});`;
  },
};

export default defineConfig({
  plugins: [react(), tailwindcss(), emoji, application],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: {
    port: 5173,
    proxy: { "/api": { target: apiTarget, ws: true, changeOrigin: false } },
  },
  build: {
    target: "es2022",
    sourcemap: false,
    manifest: true,
    rolldownOptions: {
      output: {
        chunkFileNames: ({ facadeModuleId }) =>
          `assets/${facadeModuleId?.includes(EMOJI) ? "emojibase-" : ""}[name]-[hash].js`,
      },
    },
  },
  test: {
    environment: "jsdom",
    setupFiles: ["./tests/setup.ts"],
    include: ["tests/**/*.test.{ts,tsx}"],
    css: false,
  },
});
