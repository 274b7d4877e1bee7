import { newTemplate, refuseBlankTemplate } from "./intake.js";
import { templateIdAside } from "./reading-worker/read-template-aside.js";
import type { NewTemplate } from "./stored.js";

/** As `takeTemplate`, without holding up the event loop while a long text is read. */
export async function takeTemplateAside(content: string, file?: string): Promise<NewTemplate> {
  refuseBlankTemplate(content, file);
  return newTemplate(await templateIdAside(content, file), content, file);
}
