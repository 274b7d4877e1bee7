import { beforeAll, describe, expect, it } from "vitest";
import { composition, type VitalSignsApp, vitalSignsApp } from "./vital-signs-app.js";

describe("a list for /tofhir", () => {
  let testing: VitalSignsApp;
  const post = (list: readonly unknown[]) =>
    testing.send("POST", "/tofhir?templateId=vital_signs", "application/json", JSON.stringify(list));

  beforeAll(async () => {
    testing = await vitalSignsApp();
    return () => testing.app.close();
  });

  const whole = JSON.parse(composition);
  const [item] = whole.content;

  it.each([
    ["compositions", [whole, item], "COMPOSITION and OBSERVATION"],
    ["content items", [item, item, whole], "OBSERVATION and COMPOSITION"],
  ])("of %s among which is something else is refused", async (_, list, words) => {
    const { statusCode, body } = await post(list);
    expect(statusCode).toBe(400);
    expect(body).toContain(`The list mixes objects of the classes ${words}.`);
  });

  it("is mapped with a warning when one of its compositions names another template", async () => {
    const details = { ...whole.archetype_details, template_id: { value: "Other template" } };
    const { statusCode, headers } = await post([whole, { ...whole, archetype_details: details }]);
    expect(statusCode).toBe(200);
    expect(headers.warning).toBe(
      '199 causeway "it names another template than the one that it is mapped with, not taken over: $[1].archetype_details.template_id"',
    );
  });

  it("names places in it by their position", async () => {
    const { headers } = await post([whole, { ...whole, stray: 1 }]);
    expect(headers.warning).toContain("$[1].stray");
    const { body } = await post([whole, { ...whole, context: 1 }]);
    expect(body).toContain("The value at $[1].context must be an object");
  });
});
