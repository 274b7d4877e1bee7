// A process of its own for the tests: opens the store of the embedded database in the directory given (or with a URL as
// second argument, of that database), says so, and then lives until it is told to end.
import { parseDatabaseUrl } from "../../src/store/connection-options.js";
import { openStore } from "../../src/store/open-store.js";

const [dataDirectory = "", url] = process.argv.slice(2);
const parts = url === undefined ? undefined : parseDatabaseUrl(url);
const database =
  parts?.host === undefined
    ? undefined
    : {
        host: parts.host,
        port: parts.port ?? 5432,
        user: parts.user ?? "",
        ...(parts.password === undefined ? {} : { password: parts.password }),
        database: parts.database ?? "",
      };
try {
  const store = await openStore({ database, dataDirectory, databasePoolMaximum: 2 });
  await store.templates.create(`process-${process.pid}`, {
    templateId: "vital_check",
    originalTemplateId: "Vital check",
    content: "<t/>",
  });
  process.send?.({ ready: true });
  process.on("message", (how) => {
    if (how === "abruptly") process.exit(0);
    store.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  });
} catch (error) {
  process.send?.({ failure: error instanceof Error ? error.message : String(error) });
  process.disconnect?.();
}
