import { Agent, request } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { compileMapperPiecewise, type MapperSource } from "../../src/engine/mapper.js";
import { inSlices } from "../../src/event-loop/slices.js";
import { takeMapping } from "../../src/store/intake.js";
import { allSubjects, type MappingTexts, type Subject } from "../engine/mutations/mapping-subjects.js";
import { isLong, seededNumbers, shuffled } from "../engine/mutations/seeded-choice.js";
import { testApp } from "./test-app.js";

const count = isLong ? 10_000 : 1000;
/** Connections of the client; more requests than these wait in it. */
const SOCKETS = 250;
/** Each makes the node read and compile everything again. */
const WRITES = 5;
/** Inputs of each mapping and direction. */
const INPUTS = 2;
/** Characters of templates: larger ones would take most of the time to be read again and again. */
const LARGEST_TEMPLATE = 1_000_000;

/** A few inputs of each mapping and direction, of mappings whose files have no name in common with those before. */
function subjects(): readonly Subject[] {
  const textOfName = new Map<string, string>();
  const accepted = new Map<MappingTexts, boolean>();
  const isAccepted = (texts: MappingTexts): boolean => {
    const known = accepted.get(texts);
    if (known !== undefined) return known;
    const named = filesOf(texts).map(({ text }) => [takeMapping(text, everyKind).toStore.name, text] as const);
    const fits = named.every(([name, text]) => (textOfName.get(name) ?? text) === text);
    if (fits) for (const [name, text] of named) textOfName.set(name, text);
    accepted.set(texts, fits);
    return fits;
  };
  const taken = new Map<string, number>();
  return allSubjects().filter(({ texts, direction }) => {
    const key = `${texts.context.file} ${direction}`;
    taken.set(key, (taken.get(key) ?? 0) + 1);
    return (taken.get(key) ?? 0) <= INPUTS && texts.template.text.length < LARGEST_TEMPLATE && isAccepted(texts);
  });
}

const everyKind = ["model", "extension", "context"] as const;
const filesOf = ({ mappings, context }: MappingTexts) => [...mappings, context];

interface Call {
  readonly method: string;
  readonly path: string;
  readonly type: string;
  readonly body: string;
}

/** What a server answers over HTTP: status and body. */
function caller(port: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: SOCKETS });
  const call = ({ method, path, type, body }: Call): Promise<string> =>
    new Promise((resolve, reject) => {
      const options = { agent, port, method, path, headers: { "content-type": type } };
      const sent = request({ host: "127.0.0.1", ...options }, (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (chunk: string) => {
          text += chunk;
        });
        answer.on("end", () => resolve(`${answer.statusCode} ${text}`));
      });
      sent.on("error", reject).end(body);
    });
  return { call, close: () => agent.destroy() };
}

function mappingCall({ texts, direction, input }: Subject): Call {
  const templateId = takeMapping(texts.context.text, ["context"]).toStore.templateId ?? "";
  const path = `/openfhir/${direction}?templateId=${encodeURIComponent(templateId)}`;
  return { method: "POST", path, type: "application/json", body: JSON.stringify(input()) };
}

const yaml = (path: string, body: string, method = "POST"): Call => ({
  method,
  path,
  type: "application/x-yaml",
  body,
});

describe(`${count} concurrent requests of all kinds to one server`, () => {
  it("are answered as one after the other, also while writes empty its caches", async () => {
    const { app } = await testApp({ compile: (source: MapperSource) => inSlices(compileMapperPiecewise(source)) });
    onTestFinished(() => app.close());
    await app.listen({ host: "127.0.0.1", port: 0 });
    const { call, close } = caller((app.server.address() as AddressInfo).port);
    onTestFinished(close);
    const mapped = subjects();
    const sets = [...new Set(mapped.map(({ texts }) => texts))];
    const stored = new Set<string>();
    const store = async (upload: Call) => {
      if (stored.has(upload.body)) return;
      stored.add(upload.body);
      expect(await call(upload)).toMatch(/^200 /);
    };
    for (const { template, mappings, context } of sets) {
      await store({ method: "POST", path: "/opt", type: "application/xml", body: template.text });
      for (const { text } of mappings) await store(yaml("/fc/model", text));
      await store(yaml("/fc/context", context.text));
    }
    expect(new Set(mapped.map(({ direction }) => direction)).size).toBe(2);

    const expected = new Map<Subject, string>();
    for (const subject of mapped) expected.set(subject, await call(mappingCall(subject)));
    expect([...expected.values()].filter((answer) => answer.startsWith("200 ")).length).toBeGreaterThan(
      mapped.length / 2,
    );

    const requests = shuffled(
      Array.from({ length: count }, (_, at) => mapped[at % mapped.length] as Subject),
      seededNumbers("concurrent requests"),
    );
    let isOver = false;
    const writing = (async () => {
      const [{ id }] = JSON.parse((await call(yaml("/fc/context", "", "GET"))).slice(4)) as [{ id: string }];
      const text = (await app.inject({ url: `/fc/context/${id}`, headers: { accept: "application/yaml" } })).body;
      let writes = 0;
      for (; !isOver && writes < WRITES; writes++) {
        await wait(500);
        expect(await call(yaml(`/fc/context/${id}`, text, "PUT"))).toMatch(/^200 /);
      }
      return writes;
    })();
    const answers = await Promise.all(requests.map((subject) => call(mappingCall(subject))));
    isOver = true;
    expect(await writing).toBeGreaterThan(0);
    const wrong = requests.filter((subject, at) => answers[at] !== expected.get(subject));
    expect(wrong.map(({ id, direction }) => `${direction} ${id}`)).toEqual([]);
  }, 600_000);
});
