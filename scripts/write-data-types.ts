// Writes the pairs of docs/data-types.json as conversion there and back measures them (`npm run docs:data-types`).
import { readFileSync, writeFileSync } from "node:fs";
import { measurePairs } from "../test/engine/datatypes/measure-pairs.js";

const file = new URL("../docs/data-types.json", import.meta.url);
const page = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
writeFileSync(file, `${JSON.stringify({ ...page, pairs: measurePairs() }, undefined, 2)}\n`);
