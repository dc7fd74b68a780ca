import { sendAndAutomate } from "../../automation/messages.ts";
import { created, type Handlers } from "./handler.ts";

export const messaging: Handlers<"sendMessage"> = {
  sendMessage: ({ context, org, body }) => {
    const { message, templateWindowStatus } = sendAndAutomate(context, org.id, body);
    return created({ ...message, templateWindowStatus });
  },
};
