import type { CompiledMappers } from "../cache/compiled-mappers.js";
import type { Diagnostic } from "../errors/diagnostic.js";
import { Problem } from "../errors/problem.js";
import { defaultTenant } from "../tenancy/default-tenant.js";
import { statusOf } from "./problem-response.js";

/**
 * What the compile of a context finds in its files: what can be used but leaves something out, and why it cannot be used when
 * it cannot.
 * @param templateId of the context
 * @throws what keeps the files from being looked at, such as a database that does not answer
 */
export async function compileFindings(
  mappers: Pick<CompiledMappers, "get">,
  templateId: string,
): Promise<readonly Diagnostic[]> {
  try {
    return (await mappers.get(defaultTenant, templateId)).diagnostics;
  } catch (error) {
    if (!(error instanceof Problem) || statusOf(error.kind.category) >= 500) throw error;
    return (error.others.length === 0 ? [error] : error.others).map(findingOf);
  }
}

function findingOf({ code, message, place }: Problem): Diagnostic {
  const { position, mapping, rule, path } = place;
  return {
    severity: "error",
    code,
    message,
    ...(position !== undefined && { position }),
    ...(mapping !== undefined && { mapping }),
    ...(rule !== undefined && { rule }),
    ...(path !== undefined && { path }),
  };
}
