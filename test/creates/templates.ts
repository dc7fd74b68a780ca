/** The templates that the tests of Send WhatsApp Template choose from. */
import type { Zap } from "../zapier/harness.ts";

export async function saveTemplates({ reference }: Zap): Promise<void> {
  const { templates } = reference.control;
  const body = (text: string) => [{ type: "BODY", text }];
  await templates.save({
    name: "order_update",
    language: "en",
    components: body("Hi {{1}}, order {{2}} is on its way."),
  });
  await templates.save({
    name: "order_update",
    language: "ar",
    components: body("مرحبا {{1}}، طلبك {{2}} في الطريق. {{3}}"),
  });
  await templates.save({ name: "welcome", language: "en", components: body("Hi {{name}}, from {{city}}!") });
  await templates.save({ name: "plain", language: "en", components: body("Hello") });
  await templates.save({ name: "not_yet", language: "en", status: "pending", components: body("Hi {{1}}") });
}
