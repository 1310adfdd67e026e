// Measures the pages of a served site: node measure.mjs http://127.0.0.1:8000 /path/ /path/ ...
// Every category must be 100. A machine that is busy with something else only ever makes a page
// look slower, so a page has three tries.
import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";

const CATEGORIES = ["performance", "accessibility", "best-practices"];
const TRIES = 3;
const [site, ...paths] = process.argv.slice(2);

const chrome = await launch({
  chromePath: process.env.CHROME_PATH,
  chromeFlags: [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});

async function measure(path) {
  const { lhr } = await lighthouse(new URL(path, site).href, {
    port: chrome.port,
    logLevel: "error",
    onlyCategories: CATEGORIES,
  });
  if (lhr.runtimeError) return { total: 0, said: lhr.runtimeError.message, lost: [] };
  const scores = CATEGORIES.map((name) => Math.round((lhr.categories[name].score ?? 0) * 100));
  const lost = CATEGORIES.flatMap((name) => lhr.categories[name].auditRefs)
    .filter(({ id, weight }) => weight > 0 && (lhr.audits[id].score ?? 1) < 1)
    .map(({ id }) => `  ${id}: ${lhr.audits[id].displayValue ?? lhr.audits[id].title}`);
  return { total: Math.min(...scores), said: scores.join(" "), lost };
}

let bad = 0;
console.log(`lighthouse: ${CATEGORIES.join(", ")}`);
for (const path of paths) {
  let result;
  for (let tried = 0; tried < TRIES && result?.total !== 100; tried += 1) {
    result = await measure(path);
    console.log(`${path} ${result.said}`);
  }
  if (result.total === 100) continue;
  bad += 1;
  console.log(result.lost.join("\n"));
}
await chrome.kill();
process.exit(bad ? 1 : 0);
