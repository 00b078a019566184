// The screens that are built, where they go, and how large each may be when it travels (gzip).

/**
 * @typedef {object} Bundle
 * @property {string} name what pages ask for: the manifest gives its real file name
 * @property {string} entry
 * @property {number} budget bytes of JavaScript after gzip
 * @property {import("esbuild").BuildOptions} [options] what this bundle does otherwise than the others
 * @property {boolean} hashed whether the file name carries the hash of its content, so that browsers may keep it forever
 */

export const root = new URL("..", import.meta.url).pathname;
export const outputFolder = "src/waada/web/static";

/** @type {readonly Bundle[]} */
export const bundles = [
  // Its address is written into other people's pages, so it never changes.
  { name: "widget", entry: "widget/loader.ts", budget: 1024, hashed: false },
  // Loaded beside somebody's shop: the promise has to be there before they look away.
  {
    name: "chat",
    entry: "widget/chat/main.tsx",
    budget: 12 * 1024,
    hashed: true,
    options: {
      inject: ["widget/chat/h.ts"],
      tsconfigRaw: {
        compilerOptions: {
          jsx: "react",
          jsxFactory: "h",
          jsxFragmentFactory: "Fragment",
          useDefineForClassFields: false,
        },
      },
    },
  },
  // Makes the contact and status pages live; they work without it.
  { name: "pages", entry: "widget/pages/main.ts", budget: 2 * 1024, hashed: true },
  // Opened once a day, kept by the browser; still small enough to be there in a second on a slow line.
  { name: "desk", entry: "desk/src/main.tsx", budget: 90 * 1024, hashed: true },
  // The desk speaks English by itself; the words of each other language come when somebody reads it.
  { name: "desk-kk", entry: "desk/src/words/kk.ts", budget: 16 * 1024, hashed: true },
  { name: "desk-cy", entry: "desk/src/words/cy.ts", budget: 16 * 1024, hashed: true },
  { name: "desk-hi", entry: "desk/src/words/hi.ts", budget: 16 * 1024, hashed: true },
  { name: "desk-ar", entry: "desk/src/words/ar.ts", budget: 16 * 1024, hashed: true },
];

/** What every bundle has in common. ASCII, so that no server's idea of a charset can break a script. */
export const common = /** @type {const} */ ({
  absWorkingDir: root,
  bundle: true,
  charset: "ascii",
  format: "esm",
  jsx: "automatic",
  jsxImportSource: "preact",
  logLevel: "warning",
  target: "es2020",
});
