// A function of AWS Lambda behind a function URL or an HTTP API, which may hand the body over in base64.
import { createVerifier } from "onsync/verify";

const verify = createVerifier(process.env.ONSYNC_WEBHOOK_SECRET);

export async function handler({ body = "", headers, isBase64Encoded }) {
  try {
    const event = await verify(Buffer.from(body, isBase64Encoded ? "base64" : "utf8"), headers["x-onsync-signature"]);
    console.log(event.type, event.id);
    return { statusCode: 200 };
  } catch (error) {
    if (error.name !== "SignatureError") throw error;
    return { statusCode: 401, body: error.message };
  }
}
