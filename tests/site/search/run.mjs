// Runs the engine on the files of a folder: one JSON job a line on standard input, one JSON answer a line.

import { createInterface } from "node:readline";
import { readFile } from "node:fs/promises";
import { fileURLToPath, pathToFileURL } from "node:url";

const [assets, data] = process.argv.slice(2).map((path) => pathToFileURL(`${path}/`));
const fetched = [];

globalThis.fetch = async (url) => {
  const path = fileURLToPath(new URL(url.pathname, "file:"));
  fetched.push(path);
  try {
    return new Response(await readFile(path));
  } catch {
    return new Response(null, { status: 404 });
  }
};

const { open } = await import(new URL("engine.js", assets));
const query = await import(new URL("query.js", assets));
let engine;

const jobs = {
  async open({ today } = {}) {
    engine = await open(data, { today });
    return {
      size: engine.size,
      bytes: engine.bytes,
      facets: engine.facets.map(({ key, name, multiple, values }) => ({ key, name, multiple, values })),
    };
  },
  select: (state) => engine.select(state),
  facetsOnly: (state) => engine.facetsOnly(state),
  titles: () => engine.titles(),
  cards: (indexes) => engine.cards(indexes),
  copies: (index) => engine.copiesOf(index),
  bytes: () => engine.bytes,
  words: (texts) =>
    texts.map((text) => {
      const words = query.words(text);
      return { text, fold: query.fold(text), words, grams: words.filter(query.isCjk).map(query.grams) };
    }),
  async cost(state) {
    const fresh = await open(data);
    const first = fresh.bytes;
    const { rows, passed } = await fresh.select(state);
    const found = fresh.bytes;
    if (state.cards) await fresh.cards(rows.map(({ index }) => index));
    return { search: found - first, cards: fresh.bytes - found, passed };
  },
  time({ states, passes }) {
    for (const state of states) engine.facetsOnly(state); // compiles what is slow at first
    const taken = [];
    const before = process.cpuUsage().user;
    for (let pass = 0; pass < passes; pass++) {
      for (const state of states) {
        const start = performance.now();
        engine.facetsOnly(state);
        taken.push(performance.now() - start);
      }
    }
    const processor = (process.cpuUsage().user - before) / 1000 / taken.length;
    taken.sort((one, other) => one - other);
    return { median: taken[taken.length >> 1], most: taken.at(-1), processor };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const [name, argument] = JSON.parse(line);
  let answer;
  try {
    answer = { result: await jobs[name](argument) };
  } catch (error) {
    answer = { error: error.constructor.name, message: error.message };
  }
  const plain = (_, value) => (ArrayBuffer.isView(value) ? [...value] : value);
  process.stdout.write(`${JSON.stringify(answer, plain)}\n`);
}
