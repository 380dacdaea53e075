const fs = require("node:fs");
const _ = require("lodash");
const options = require("minimist")(process.argv.slice(2));

const pages = _.sortBy(fs.readdirSync("storefront/pages"));
fs.mkdirSync(options.out ?? "dist", { recursive: true });
for (const page of pages) {
  fs.copyFileSync(`storefront/pages/${page}`, `${options.out ?? "dist"}/${page}`);
}
