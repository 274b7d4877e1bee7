import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { ParsedRows } from "../../../src/cache/second-level/parsed-rows.js";
import { openRedisSecondLevel } from "../../../src/cache/second-level/redis-second-level.js";
import { noSecondLevel, type SecondLevel } from "../../../src/cache/second-level/second-level.js";
import { parsingReader, type StoredTextReader } from "../../../src/cache/stored-text-reader.js";
import { corpusFile, haveCorpus, vitalModel } from "../../http/test-app.js";
import { haveRedis, startRedis } from "../../support/redis-server.js";

/** A second level without a server. */
class MemorySecondLevel implements SecondLevel {
  readonly rows = new Map<string, object>();
  get = async (hash: string) => this.rows.get(hash);
  put = (hash: string, row: object) => void this.rows.set(hash, row);
  statistics = noSecondLevel.statistics;
  close = noSecondLevel.close;
}

/** A parser that says how often it had to work. */
function countingParser(): StoredTextReader & { count: number } {
  const parser = {
    count: 0,
    template: (content: string, file?: string) => {
      parser.count++;
      return parsingReader.template(content, file);
    },
    mapping: (content: string, file: string) => {
      parser.count++;
      return parsingReader.mapping(content, file);
    },
  };
  return parser;
}

describe("a text of the store", () => {
  it("is parsed by one node only", async () => {
    const level = new MemorySecondLevel();
    const parser = countingParser();
    const first = await new ParsedRows(level, parser).mapping(vitalModel, "pulse");
    expect(await new ParsedRows(level, parser).mapping(vitalModel, "pulse")).toEqual(first);
    expect(parser.count).toBe(1);
  });

  it("that differs in one character, in its name or in the program that reads it is parsed anew", async () => {
    const level = new MemorySecondLevel();
    const parser = countingParser();
    await new ParsedRows(level, parser, "1").mapping(vitalModel, "pulse");
    await new ParsedRows(level, parser, "1").mapping(`${vitalModel}\n`, "pulse");
    await new ParsedRows(level, parser, "1").mapping(vitalModel, "pulse2");
    await new ParsedRows(level, parser, "2").mapping(vitalModel, "pulse");
    expect([parser.count, level.rows.size]).toEqual([4, 4]);
  });

  it("that cannot be read says why each time, and leaves nothing behind", async () => {
    const level = new MemorySecondLevel();
    const rows = new ParsedRows(level);
    for (let time = 0; time < 2; time++) {
      expect((await rows.mapping("type: [", "broken")).diagnostics).not.toEqual([]);
      await expect(rows.template("<template>", "broken")).rejects.toMatchObject({ name: "Problem" });
    }
    expect(level.rows.size).toBe(0);
  });

  it("is parsed by every node when there is no second level", async () => {
    const parser = countingParser();
    const rows = new ParsedRows(noSecondLevel, parser);
    for (let time = 0; time < 2; time++) await rows.mapping(vitalModel, "pulse");
    expect(parser.count).toBe(2);
  });

  it.skipIf(!haveRedis || !haveCorpus)("starts a new replica warm (needs redis-server and ../shared)", async () => {
    await using redis = await startRedis();
    const options = {
      url: redis.url,
      cluster: { name: "ward", secret: randomBytes(32) },
      limitMegabytes: 30,
      valueLimitKilobytes: 1024,
      warn: () => {},
    };
    const opt = corpusFile("growth_chart/template.opt");
    const first = await openRedisSecondLevel(options);
    const template = await new ParsedRows(first).template(opt);
    while (first.statistics().puts === 0) await new Promise(setImmediate);
    await first.close();

    const second = await openRedisSecondLevel(options);
    const parser = countingParser();
    expect(await new ParsedRows(second, parser).template(opt)).toStrictEqual(template);
    expect(parser.count).toBe(0);
    await second.close();
  });
});
