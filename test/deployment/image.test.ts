import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { DockerComposeEnvironment, type StartedDockerComposeEnvironment, Wait } from "testcontainers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const answers = (...parameters: readonly string[]): boolean =>
  spawnSync("docker", parameters, { stdio: "ignore", timeout: 20_000 }).status === 0;
const haveEngine = answers("info") && answers("compose", "version");
if (!haveEngine) console.warn("The image is not tested, because no container engine with compose answers.");

const projectRoot = fileURLToPath(new URL("../..", import.meta.url));
const minutes = 60_000;

describe.skipIf(!haveEngine)("the image, as docker-compose.yml runs it", { timeout: minutes }, () => {
  let containers: StartedDockerComposeEnvironment;
  let url: string;

  beforeAll(async () => {
    containers = await new DockerComposeEnvironment(projectRoot, "docker-compose.yml")
      .withBuild()
      // Port 0: a free one of this machine.
      .withEnvironment({ CAUSEWAY_VERSION: "1.2.3", CAUSEWAY_COMMIT: "abcdef", CAUSEWAY_PORT: "0" })
      .withWaitStrategy("app-1", Wait.forHealthCheck())
      .up();
    const nginx = containers.getContainer("nginx-1");
    url = `http://${nginx.getHost()}:${nginx.getMappedPort(8080)}`;
  }, 10 * minutes);
  afterAll(() => containers?.down({ removeVolumes: true }), minutes);

  it("serves with what ships loaded, as a user that is not root", async () => {
    expect((await fetch(`${url}/health`)).status).toBe(200);
    expect(await (await fetch(`${url}/opt`)).json()).not.toEqual([]);
    expect((await containers.getContainer("app-1").exec(["id", "-u"])).output.trim()).toBe("1000");
  });

  it("knows the version and the commit that it was built from", async () => {
    expect(await (await fetch(`${url}/metrics`)).text()).toContain(
      'causeway_build_info{version="1.2.3",commit="abcdef"} 1',
    );
  });
});
