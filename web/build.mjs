// Builds the screens into the Python package: minified, ASCII, hashed names with a manifest; fails over budget.
// `node web/build.mjs [--maps]`; --maps adds source maps.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, extname, join } from "node:path";
import process from "node:process";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { bundles, common, outputFolder, root } from "./bundles.mjs";

const maps = process.argv.includes("--maps");
const folder = join(root, outputFolder);

/** @param {import("./bundles.mjs").Bundle} bundle */
async function compile(bundle) {
  const result = await build({
    ...common,
    ...bundle.options,
    // A classic script runs on any page, however old; it must not leave names behind there.
    format: bundle.hashed ? "esm" : "iife",
    entryPoints: { [bundle.name]: bundle.entry },
    outdir: folder,
    minify: true,
    legalComments: "none",
    sourcemap: maps ? "linked" : false,
    write: false,
    define: { "process.env.NODE_ENV": '"production"' },
  });
  return result.outputFiles;
}

/**
 * @param {string} name
 * @param {Uint8Array} contents
 * @param {boolean} hashed
 */
function fileName(name, contents, hashed) {
  if (!hashed) return name;
  const mark = createHash("sha256").update(contents).digest("hex").slice(0, 10);
  return `${basename(name, extname(name))}-${mark}${extname(name)}`;
}

/** @type {Record<string, string>} */
const manifest = {};
/** @type {string[]} */
const faults = [];
/** @type {Map<string, Uint8Array>} */
const files = new Map();

for (const bundle of bundles) {
  if (!existsSync(join(root, bundle.entry))) {
    console.log(`${bundle.name}: ${bundle.entry} is not there yet, skipped`);
    continue;
  }
  for (const output of await compile(bundle)) {
    const name = basename(output.path);
    if (name.endsWith(".map")) {
      files.set(name, output.contents);
      continue;
    }
    const size = gzipSync(output.contents, { level: 9 }).length;
    const given = name.endsWith(".js") ? ` of ${bundle.budget}` : "";
    console.log(`${name.padEnd(12)} ${String(output.contents.length).padStart(8)} bytes, ${size}${given} after gzip`);
    if (given && size > bundle.budget) faults.push(`${name} has ${size} bytes after gzip; its budget is ${bundle.budget}`);
    if (output.contents.some((byte) => byte > 127)) faults.push(`${name} is not ASCII`);
    const real = fileName(name, output.contents, bundle.hashed);
    manifest[name] = real;
    files.set(real, output.contents);
  }
}

if (faults.length) {
  for (const fault of faults) console.error(`web/build.mjs: ${fault}`);
  process.exit(1);
}

mkdirSync(folder, { recursive: true });
const ours = new RegExp(`^(${bundles.map((bundle) => bundle.name).join("|")})(-[0-9a-f]{10})?\\.(js|css)(\\.map)?$`);
for (const name of readdirSync(folder)) {
  if (ours.test(name) && !files.has(name)) rmSync(join(folder, name));
}
for (const [name, contents] of files) writeFileSync(join(folder, name), contents);
writeFileSync(join(folder, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
