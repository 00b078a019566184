// Runs the screens' own tests: every *.test.ts(x) in desk/ and widget/ is bundled and given to node's test runner.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { build } from "esbuild";
import { common, root } from "./bundles.mjs";

const tests = ["desk", "widget"]
  .filter((folder) => existsSync(join(root, folder)))
  .flatMap((folder) => readdirSync(join(root, folder), { recursive: true }).map((name) => join(folder, String(name))))
  .filter((name) => /\.test\.tsx?$/.test(name) && !name.includes("node_modules"))
  .sort();

if (!tests.length) {
  console.log("the screens have no tests yet");
  process.exit(0);
}

// Below the project, so that packages are found from there.
mkdirSync(join(root, ".make"), { recursive: true });
const folder = mkdtempSync(join(root, ".make", "tests-"));
try {
  await build({
    ...common,
    entryPoints: tests,
    outdir: folder,
    outbase: root,
    outExtension: { ".js": ".mjs" },
    platform: "node",
    packages: "external",
    sourcemap: "inline",
    loader: { ".css": "empty" },
  });
  const built = tests.map((name) => join(folder, name.replace(/\.tsx?$/, ".mjs")));
  const run = spawnSync(process.execPath, ["--enable-source-maps", "--test", ...built], { cwd: root, stdio: "inherit" });
  process.exitCode = run.status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
