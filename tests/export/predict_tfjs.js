// The predictions of TensorFlow.js: of an object of file and rows by name on standard input, as JSON.
const fs = require("fs");
const path = require("path");
const tf = require("@tensorflow/tfjs");

async function predictions({ file, rows }) {
  const model = JSON.parse(fs.readFileSync(file, "utf8"));
  const [group] = model.weightsManifest;
  const bytes = fs.readFileSync(path.join(path.dirname(file), group.paths[0]));
  const read = await tf.loadLayersModel(tf.io.fromMemory({
    modelTopology: model.modelTopology,
    format: model.format,
    weightSpecs: group.weights,
    weightData: new Uint8Array(bytes).buffer,
  }));
  return read.predict(tf.tensor(rows)).arraySync();
}

(async () => {
  await tf.setBackend("cpu");
  const given = Object.entries(JSON.parse(fs.readFileSync(0, "utf8")));
  const found = [];
  for (const [name, one] of given) found.push([name, await predictions(one)]);
  console.log(JSON.stringify(Object.fromEntries(found)));
})();
