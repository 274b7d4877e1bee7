import type { Answer } from "./assertions.js";
import type { CallDirection } from "./manifest.js";

const callTimeoutMilliseconds = 60_000;

/** The classic routes of a running server (rest-api 3 to 5 and 9 to 11), as far as the cases need them. */
export class ServerApi {
  readonly #baseUrl: string;

  constructor(baseUrl: string) {
    this.#baseUrl = baseUrl;
  }

  /** Erases everything the server has stored. */
  purge(): Promise<Answer> {
    return this.#call("GET", "/$purge");
  }

  uploadTemplate(xml: string): Promise<Answer> {
    return this.#call("POST", "/opt", xml, "application/xml");
  }

  uploadModel(yaml: string): Promise<Answer> {
    return this.#call("POST", "/fc/model", yaml, "application/x-yaml");
  }

  uploadContext(yaml: string): Promise<Answer> {
    return this.#call("POST", "/fc/context", yaml, "application/x-yaml");
  }

  /** Maps a JSON text in a direction; the template id is not sent where the body carries it (`toaql`). */
  map(direction: CallDirection, json: string, templateId: string | undefined): Promise<Answer> {
    const id = templateId === undefined ? "" : `templateId=${encodeURIComponent(templateId)}`;
    switch (direction) {
      case "tofhir":
        return this.#call("POST", `/openfhir/tofhir?${id}`, json, "application/json");
      case "toopenehr":
        return this.#call("POST", `/openfhir/toopenehr?${id}`, json, "application/json");
      case "toopenehr-flat":
        return this.#call("POST", `/openfhir/toopenehr?${id}&flat=true`, json, "application/json");
      case "toaql":
        return this.#call("POST", "/openfhir/toaql", json, "application/json");
    }
  }

  async #call(method: string, path: string, body?: string, contentType?: string): Promise<Answer> {
    const response = await fetch(this.#baseUrl + path, {
      method,
      signal: AbortSignal.timeout(callTimeoutMilliseconds),
      ...(body === undefined ? {} : { body }),
      headers: { accept: "application/json", ...(contentType === undefined ? {} : { "content-type": contentType }) },
    });
    const text = await response.text();
    return { status: response.status, body: jsonOrText(text) };
  }
}

/** Error bodies of the classic routes are bare text although the header may say JSON (rest-api 3). */
function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
