import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const run = promisify(execFile);
const project = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const readme = readFileSync(join(project, "README.md"), "utf8");

/** The commands of one block of the README, one a line, as a stranger pastes them. */
function commands(name: string): readonly string[] {
  const mark = `<!-- readme-test: ${name} -->\n\`\`\`sh\n`;
  const from = readme.indexOf(mark);
  if (from < 0) throw new Error(`The README has no block "${name}".`);
  const block = readme.slice(from + mark.length);
  return block.slice(0, block.indexOf("\n```")).split("\n");
}

function example(name: string): unknown {
  return JSON.parse(readFileSync(join(project, "test/examples/vital-signs", name), "utf8"));
}

/** The port that the README prints has to be free, since its commands are run as they stand. */
function portIsFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}

const free = await portIsFree(8080);
if (!free) console.warn("Port 8080 is in use: the commands of the README are not tried.");

describe.skipIf(!free)("The commands of the README, in a fresh copy of the project", () => {
  const clone = mkdtempSync(join(tmpdir(), "causeway-readme-"));
  const environment = { ...process.env, TZ: "UTC" };
  let server: ChildProcess | undefined;

  beforeAll(async () => {
    const files = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
      cwd: project,
    });
    for (const file of files.toString().split("\0")) {
      if (file !== "") cpSync(join(project, file), join(clone, file), { recursive: true });
    }
    const [install, start, ...rest] = commands("run");
    expect(rest).toEqual([]);
    await run("sh", ["-c", install as string], { cwd: clone, env: environment });
    server = spawn("sh", ["-c", `exec ${start}`], {
      cwd: clone,
      env: environment,
      detached: true,
      stdio: ["ignore", "pipe", "inherit"],
    });
    await readyLine(server);
  }, 240_000);

  afterAll(async () => {
    if (server?.pid !== undefined && server.exitCode === null) {
      const ended = new Promise((resolve) => server?.once("exit", resolve));
      process.kill(-server.pid, "SIGINT");
      await ended;
    }
    rmSync(clone, { recursive: true, force: true });
  }, 60_000);

  async function output(name: string): Promise<unknown> {
    const { stdout } = await run("sh", ["-c", commands(name).join("\n")], { cwd: clone, env: environment });
    return JSON.parse(stdout);
  }

  it("turn the Bundle of blood pressures into the composition it stands for", async () => {
    expect(await output("to openEHR")).toEqual(example("composition.json"));
  });

  it("turn the composition into FHIR Observations again", async () => {
    expect(await output("to FHIR")).toEqual(example("bundle-from-composition.json"));
  });

  it("map without a server", async () => {
    expect(await output("command line")).toEqual(example("composition.flat.json"));
  });

  it("upload files of one's own", async () => {
    const shipped = (...path: string[]) => readFileSync(join(clone, ...path), "utf8");
    const own = (text: string) => text.replaceAll("vital_signs", "my_template");
    const mappings = ["mappings", "vital_signs"];
    writeFileSync(join(clone, "my-template.opt"), own(shipped("templates", "vital_signs.opt")));
    writeFileSync(join(clone, "my-model.yml"), own(shipped(...mappings, "pulse.model.yml")));
    writeFileSync(join(clone, "my-template.context.yml"), own(shipped(...mappings, "vital_signs.context.yml")));
    const answers: unknown[] = [];
    for (const command of commands("own mappings")) {
      answers.push(JSON.parse((await run("sh", ["-c", command], { cwd: clone, env: environment })).stdout));
    }
    expect(answers).toMatchObject([{ templateId: "my_template" }, { type: "model" }, { type: "context" }]);
  });

  it("name the test command that the gate runs", () => {
    expect(commands("test")).toEqual(["npm test"]);
    expect(readFileSync(join(project, ".ci/run"), "utf8")).toContain("npm test");
  });
});

/** Resolves with the line in which the server says where it listens. */
function readyLine(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    server.stdout?.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      const line = text.split("\n").find((one) => one.startsWith("Causeway listens on "));
      if (line !== undefined) resolve(line);
    });
    server.once("exit", (code) => reject(new Error(`npm start ended with ${code}`)));
  });
}
