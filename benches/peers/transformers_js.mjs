// The JavaScript peer: transformers.js. Arguments: the folder, the threads, the beams. It searches greedily only.
//
// Each line of standard input is a JSON list of photos that are described together; each photo's tokens become a line.
import { createInterface } from "node:readline";
import path from "node:path";
import process from "node:process";
import { AutoProcessor, AutoTokenizer, VisionEncoderDecoderModel, RawImage, env } from "@huggingface/transformers";

const [folder, threads] = process.argv.slice(2);
env.allowRemoteModels = false;
env.localModelPath = path.dirname(folder);
const name = path.basename(folder);
const options = {
  subfolder: "",
  dtype: "fp32",
  device: "cpu",
  session_options: { intraOpNumThreads: Number(threads), interOpNumThreads: 1 },
};
const [model, processor, tokenizer] = await Promise.all([
  VisionEncoderDecoderModel.from_pretrained(name, options),
  AutoProcessor.from_pretrained(name),
  AutoTokenizer.from_pretrained(name),
]);
for await (const line of createInterface({ input: process.stdin })) {
  const photos = await Promise.all(JSON.parse(line).map((photo) => RawImage.read(photo)));
  const { pixel_values } = await processor(photos);
  const found = (await model.generate({ inputs: pixel_values, max_length: 17, min_length: 17 })).tolist();
  for (const tokens of found) {
    const caption = tokenizer.decode(tokens, { skip_special_tokens: true });
    process.stdout.write(JSON.stringify({ tokens: tokens.map(Number), caption }) + "\n");
  }
}
