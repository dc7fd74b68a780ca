// A webhook endpoint with Express. The body is taken as it came: a parser before it would leave nothing to verify.
import express from "express";
import { createVerifier } from "onsync/verify";

const verify = createVerifier(process.env.ONSYNC_WEBHOOK_SECRET);
const app = express();

app.post("/webhooks", express.raw({ type: "application/json" }), async (request, response) => {
  try {
    const event = await verify(request.body, request.get("x-onsync-signature"));
    console.log(event.type, event.id);
    response.sendStatus(200);
  } catch (error) {
    if (error.name !== "SignatureError") throw error;
    response.status(401).send(error.message);
  }
});

app.listen(process.env.PORT, () => console.log("listening"));
