/**
 * Weighs the JavaScript that the inbox needs before it can be used: what its page loads without being asked,
 * and one language. Gzip, as a browser gets it. Fails above the limit. Run it after a build.
 */
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const LIMIT = 250_000;
const dist = new URL("../dist/", import.meta.url);
const read = (name) => readFileSync(new URL(name, dist));
const manifest = JSON.parse(read(".vite/manifest.json").toString());
const entries = Object.keys(manifest);
const weigh = (file) => gzipSync(read(file), { level: 9 }).length;

/** A chunk's file, and those that come with it. */
function files(name, found = new Set()) {
  const { file, imports = [] } = manifest[name];
  if (file.endsWith(".js") && !found.has(file)) {
    found.add(file);
    for (const other of imports) files(other, found);
  }
  return found;
}

const sum = (names) => [...names].reduce((total, file) => total + weigh(file), 0);
const page = files("index.html");
// Whoever reads the heaviest language waits longest.
const languages = ["es", "en", "pt"].map((language) => {
  const chunks = entries.filter(
    (name) => name.startsWith("src/locales/") && name.endsWith(`/${language}.json`) && !name.includes("/later/"),
  );
  const own = new Set(chunks.flatMap((name) => [...files(name)]).filter((file) => !page.has(file)));
  return { language, size: sum(own) };
});
const heaviest = languages.reduce((most, one) => (one.size > most.size ? one : most));
const total = sum(page) + heaviest.size;
const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

console.log(
  `initial JavaScript of the inbox: ${kilobytes(total)} gzip of ${kilobytes(LIMIT)} allowed ` +
    `(${page.size} scripts ${kilobytes(sum(page))}, the texts in ${heaviest.language} ${kilobytes(heaviest.size)})`,
);
if (total > LIMIT) {
  console.error("more than is allowed: load on demand what the first screen does not show");
  process.exit(1);
}
