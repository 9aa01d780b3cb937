// An outside judge: the official SDK against the demo server, and its schemas against every request that our tests have
// made. Usage: node sdk.mjs BASE_URL REQUESTS
import assert from "node:assert/strict";
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { OpenRouter } from "@openrouter/sdk";
import { ImageGenerationRequest$outboundSchema as Request } from "@openrouter/sdk/models/imagegenerationrequest.js";

const serverURL = process.argv[2];
const client = (apiKey = "demo") => new OpenRouter({ apiKey, serverURL, retryConfig: { strategy: "none" } });
const good = client();
let passed = 0;
async function check(name, test) {
  try {
    await test();
  } catch (error) {
    // The SDK's errors carry whole pictures: say what broke, not what came.
    console.error(`sdk failed - ${name}: ${String(error.cause?.message ?? error.message).slice(0, 2000)}`);
    process.exit(1);
  }
  passed += 1;
  console.log(`sdk ok - ${name}`);
}
const generate = (request, from = good) => from.images.generate({ imageGenerationRequest: request });
const refusal = async (request, from) => {
  try {
    await generate(request, from);
  } catch (error) {
    return error;
  }
  assert.fail("the SDK should have thrown");
};
const head = (image) => Buffer.from(image.b64Json, "base64").subarray(0, 12).toString("latin1");

const { data: models } = await good.images.listModels();

await check("lists the models by the SDK's own schema", async () => {
  assert.ok(models.length >= 7);
  assert.ok(models.every((model) => model.id.includes("/") && model.architecture.outputModalities.includes("image")));
});

await check("describes the endpoints of every model", async () => {
  for (const model of models) {
    const [author, slug] = model.id.split("/");
    const { id, endpoints } = await good.images.listModelEndpoints({ author, slug });
    assert.equal(id, model.id);
    for (const endpoint of endpoints) assert.ok(Array.isArray(endpoint.pricing), model.id);
  }
});

const painter = models[0].id;

await check("answers a buffered request with pictures and usage", async () => {
  const answer = await generate({ model: painter, prompt: "a teal lake", n: 2, resolution: "512", seed: 7 });
  assert.equal(answer.data.length, 2);
  assert.ok(answer.data.every((image) => head(image).includes("PNG") || image.mediaType !== "image/png"));
  assert.ok(answer.usage.cost > 0 && Number.isInteger(answer.usage.totalTokens));
});

await check("paints the same bytes for the same seed", async () => {
  const request = { model: painter, prompt: "a teal lake", resolution: "512", seed: 7 };
  const [one, two] = [await generate(request), await generate(request)];
  assert.equal(one.data[0].b64Json, two.data[0].b64Json);
});

await check("streams partial pictures, then the picture, then the end", async () => {
  const stream = await generate({ model: painter, prompt: "a teal lake", resolution: "512", stream: true });
  const types = [];
  for await (const event of stream) types.push(event.type);
  assert.ok(types.filter((type) => type === "image_generation.partial_image").length >= 2, types.join());
  assert.equal(types.at(-1), "image_generation.completed");
});

await check("streams a drawing as text", async () => {
  const vector = models.find((model) => model.id === "easel/engraver");
  const stream = await generate({ model: vector.id, prompt: "a fern", stream: true });
  let text = "";
  let last;
  for await (const event of stream) {
    if (event.type === "image_generation.text_chunk" && event.phase === "content") text += event.text;
    last = event;
  }
  assert.equal(last.type, "image_generation.completed");
  assert.ok(text.includes("<svg"), "markup arrived as it was written");
});

await check("refuses a wrong key as unauthorized", async () => {
  const error = await refusal({ model: painter, prompt: "x" }, client("sk-wrong"));
  assert.equal(error.statusCode, 401);
});

await check("answers each fault with the status that the SDK knows", async () => {
  for (const status of [402, 403, 404, 413, 429, 500, 502, 503, 524, 529]) {
    const error = await refusal({ model: painter, prompt: `x @@${status}` });
    assert.equal(error.statusCode, status);
  }
});

await check("refuses an unknown model and a value outside the descriptor", async () => {
  assert.equal((await refusal({ model: "easel/nobody", prompt: "x" })).statusCode, 400);
  assert.equal((await refusal({ model: painter, prompt: "x", aspectRatio: "5:7" })).statusCode, 400);
});

await check("tells of the key and the credits", async () => {
  const key = await good.apiKeys.getCurrentKeyMetadata();
  assert.equal(typeof key.data.label, "string");
  const credits = await good.credits.getCredits();
  assert.equal(typeof credits.data.totalUsage, "number");
});

// The SDK's schemas take its own names and give those of the wire; what they do not know they leave out. So a request
// is the SDK's own when it comes out as it went in.
const camel = (name) => name.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase());
const named = (value) => {
  if (Array.isArray(value)) return value.map(named);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [camel(name), named(inner)]));
};
const judge = (text) => {
  const wire = JSON.parse(text);
  // Options are passed through under the provider's name, whichever that is, in the provider's own words.
  if (wire.provider?.options !== undefined) {
    for (const options of Object.values(wire.provider.options)) {
      assert.ok(options !== null && typeof options === "object" && !Array.isArray(options), "options are no object");
    }
    delete wire.provider.options;
  }
  assert.deepEqual(JSON.parse(JSON.stringify(Request.parse(named(wire)))), wire);
};
const short = (text) => text.replace(/[A-Za-z0-9+/=]{80,}/g, "…").slice(0, 1500);

await check("knows every request of the tests as its own", async () => {
  const seen = new Set();
  let judged = 0;
  for await (const line of createInterface({ input: createReadStream(process.argv[3]) })) {
    judged += 1;
    if (seen.has(line)) continue;
    seen.add(line);
    try {
      judge(line);
    } catch (error) {
      assert.fail(`${short(error.message)}\n${short(line)}`);
    }
  }
  assert.ok(judged > 0, "no request was recorded");
  console.log(`sdk: ${judged} requests judged, ${seen.size} different ones`);
});

console.log(`sdk: ${passed} passed, 0 failed`);
