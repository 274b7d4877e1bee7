import { newTemplate, refuseBlankTemplate } from "./intake.js";
import { templateIdAside } from "./reading-worker/read-template-aside.js";
import type { NewTemplate } from "./stored.js";

/**
 * Checks an uploaded operational template and gives what is to be stored: the text unchanged and both spellings of its
 * template id (rest-api 9). A long text is read without holding up the event loop. Rejects with a Problem that has the place
 * when the text is no OPT that can be used.
 */
export async function takeTemplateAside(content: string, file?: string): Promise<NewTemplate> {
  refuseBlankTemplate(content, file);
  return newTemplate(await templateIdAside(content, file), content, file);
}
