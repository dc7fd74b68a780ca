// A webhook endpoint with Hono: the request is verified as it is.
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { createVerifier } from "onsync/verify";

const verify = createVerifier(process.env.ONSYNC_WEBHOOK_SECRET);
const app = new Hono();

app.post("/webhooks", async (context) => {
  try {
    const event = await verify(context.req.raw);
    console.log(event.type, event.id);
    return context.body(null, 200);
  } catch (error) {
    if (error.name !== "SignatureError") throw error;
    return context.text(error.message, 401);
  }
});

serve({ fetch: app.fetch, port: Number(process.env.PORT) }, () => console.log("listening"));
