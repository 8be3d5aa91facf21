// A second opinion on a collected tree, by parsers that others wrote.
//
// node check.mjs <sources> <collected>, in a folder whose node_modules has acorn, acorn-walk, css-tree and
// es-module-lexer. For each file of the manifest: finds the references in the source, puts the hashed name of each
// target that exists in its place, and compares with what was collected, byte for byte. Prints how many references
// of which kind there were; says what differs and ends with 1.

import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(path.join(process.cwd(), "package.json"));
const load = async (name) => import(pathToFileURL(require.resolve(name)));
const [acorn, walk, css, lexer] = await Promise.all(["acorn", "acorn-walk", "css-tree", "es-module-lexer"].map(load));
await lexer.init;

const [sources, collected] = process.argv.slice(2);
const manifest = JSON.parse(fs.readFileSync(path.join(collected, "staticfiles.json"), "utf8")).paths;
const counts = {};

// Each reference is [kind, start, end, target], without quotes, in UTF-16 units.
function* inScript(text) {
  const [imports] = lexer.parse(text);
  for (const { type, specifier, start, end, glob } of imports) {
    if (typeof specifier !== "string" || glob) continue;
    const quoted = type === "dynamic" ? 1 : 0;
    if (/^(\/|\.\.?\/)/.test(specifier)) yield [`import (${type})`, start + quoted, end - quoted, specifier];
  }
  const comments = [];
  if (!/sourceMappingURL=|new URL\b/.test(text)) return;
  let tree;
  for (const sourceType of ["module", "script"]) {
    comments.length = 0;
    const onComment = (_, comment, start, end) => comments.push([comment, start, end]);
    try {
      tree = acorn.parse(text, { ecmaVersion: "latest", sourceType, onComment, allowHashBang: true });
      break;
    } catch (error) {
      if (sourceType === "script") throw error;
    }
  }
  for (const [comment, start] of comments) yield* inComment(comment, start + 2);
  const found = [];
  walk.simple(tree, {
    NewExpression({ callee, arguments: [first, second] }) {
      const isUrl = callee.type === "Identifier" && callee.name === "URL";
      const isMeta = second?.type === "MemberExpression" && second.object.type === "MetaProperty";
      if (!isUrl || !isMeta || second.property.name !== "url") return;
      const target = first.type === "Literal" ? first.value : first.quasis?.length === 1 && first.quasis[0].value.cooked;
      if (typeof target === "string") found.push(["new URL", first.start + 1, first.end - 1, target]);
    },
  });
  yield* found;
}

function* inComment(comment, start) {
  const match = /^[#@][ \t]\s*sourceMappingURL=(\S+)\s*$/.exec(comment);
  if (!match || /["']/.test(match[1])) return;
  const at = start + comment.indexOf("=") + 1;
  yield ["source map", at, at + match[1].length, match[1]];
}

function* inSheet(text) {
  const tokens = [];
  css.tokenize(text, (type, start, end) => tokens.push([css.tokenNames[type], start, end]));
  let statement = "";
  const open = [];
  for (const [type, start, end] of tokens) {
    const written = text.slice(start, end);
    if (type === "comment-token") {
      yield* inComment(text.slice(start + 2, end - 2), start + 2);
    } else if (type === "whitespace-token") {
      continue;
    } else if (type === "at-keyword-token") {
      statement = written.toLowerCase();
      continue;
    } else if (type === "url-token" && statement !== "@namespace") {
      const inside = /^(.*?\(\s*)(.*?)\s*\)?$/s.exec(written);
      const at = start + inside[1].length;
      yield ["url", at, at + inside[2].length, css.url.decode(written)];
    } else if (type === "string-token") {
      const holder = open.at(-1) ?? "";
      const isHeld = /^(url|src|image-set|-webkit-image-set)\($/i.test(holder);
      if (statement !== "@namespace" && (isHeld || statement === "@import")) {
        yield [isHeld ? holder : "@import", start + 1, end - 1, css.string.decode(written)];
      }
    } else if (type === "function-token") {
      open.push(written);
      if (statement === "@import") continue;
    } else if (["(-token", "[-token", "{-token"].includes(type)) {
      open.push(written);
    } else if ([")-token", "]-token", "}-token"].includes(type)) {
      open.pop();
    }
    if (statement === "@import" || type === "semicolon-token" || type === "{-token") statement = "";
  }
}

// A percent sign that encodes nothing stands for itself.
function decoded(path) {
  return Buffer.from(path.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16))), "latin1").toString();
}

function expected(name, text) {
  const references = [...(name.endsWith(".css") ? inSheet(text) : inScript(text))].sort((a, b) => a[1] - b[1]);
  let written = "";
  let at = 0;
  for (const [kind, start, end, target] of references) {
    // Blanks around an address are no part of it.
    if (/^([a-z][a-z0-9+.-]*:|#|\?|$)/i.test(target.trim())) continue;
    const url = new URL(target, `http://host/static/${name.split("/").map(encodeURIComponent).join("/")}`);
    if (url.host !== "host" || !url.pathname.startsWith("/static/")) continue;
    const hashed = manifest[decoded(url.pathname.slice("/static/".length))];
    if (hashed === undefined) continue;
    counts[kind] = (counts[kind] ?? 0) + 1;
    const raw = text.slice(start, end);
    const file = raw.split(/[?#]/, 1)[0].split("/").at(-1);
    const directories = raw.slice(0, raw.split(/[?#]/, 1)[0].length - file.length);
    const suffix = raw.slice(directories.length + file.length);
    written += text.slice(at, start) + directories + hashed.split("/").at(-1) + suffix;
    at = end;
  }
  return written + text.slice(at);
}

let differ = 0;
// Templates, and scripts that a compiler is to read first.
const unparsed = [];
for (const [name, hashed] of Object.entries(manifest)) {
  const source = fs.readFileSync(path.join(sources, name));
  const output = fs.readFileSync(path.join(collected, hashed));
  const text = source.toString("utf8");
  const isText = /\.(css|m?js)$/i.test(name) && Buffer.from(text).equals(source);
  let wanted = source;
  try {
    if (isText) wanted = Buffer.from(expected(name, text));
  } catch (error) {
    if (!/parse|syntax/i.test(`${error.name} ${error.message}`)) throw error;
    unparsed.push(name);
    continue;
  }
  if (wanted.equals(output)) continue;
  differ += 1;
  const at = wanted.findIndex((byte, index) => byte !== output[index]);
  const around = (bytes) => JSON.stringify(bytes.subarray(Math.max(0, at - 60), at + 60).toString());
  console.error(`${name} differs at byte ${at}\n  parsers: ${around(wanted)}\n  holdall: ${around(output)}`);
}
console.log(JSON.stringify({ files: Object.keys(manifest).length, differ, unparsed, references: counts }));
process.exit(differ === 0 ? 0 : 1);
