// node addresses.mjs <table>: compares each row (file, reference, address) with what `new URL` of Node says. Says which
// differ, and ends with 1 if any does.

import fs from "node:fs";

const host = "http://host";
const rows = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));
let differ = 0;
for (const [file, reference, expected] of rows) {
  const base = `${host}/static/${file.split("/").map(encodeURIComponent).join("/")}`;
  const href = URL.canParse(reference, base) ? new URL(reference, base).href : null;
  const address = href?.startsWith(`${host}/`) ? href.slice(host.length) : href;
  if (address === expected) continue;
  differ += 1;
  console.error(`${JSON.stringify(reference)} in ${file}: the table has ${expected}, Node has ${address}`);
}
console.log(`${rows.length} addresses, ${differ} differ`);
process.exit(differ === 0 ? 0 : 1);
