// Writes layers models of TensorFlow.js, and what they make of rows, into the folder of the first
// argument. npm install @tensorflow/tfjs, then: node make_tfjs.js FOLDER
//
// Each is saved by model.save through a handler that writes the two files that a browser downloads,
// and read again from these, before it predicts.
const fs = require("fs");
const path = require("path");
const tf = require("@tensorflow/tfjs");

const folder = process.argv[2];
const L = tf.layers;
const OUTSIDE = [[1e3, -1e3, 30], [-40, 500, -1e4], [0, 0, 0], [1e-30, 0, 0]];

let state = 12345;
function normal() {
  let sum = 0;
  for (let k = 0; k < 12; k++) {
    state = (state * 1103515245 + 12345) % 2147483648;
    sum += state / 2147483648;
  }
  return sum - 6;
}

function plain() {
  return tf.sequential({ layers: [
    L.dense({ inputShape: [3], units: 5, activation: "relu" }),
    L.dense({ units: 4, activation: "swish" }),
    L.dropout({ rate: 0.2 }),
    L.dense({ units: 3, activation: "softmax" }),
  ] });
}

function normalised() {
  return tf.sequential({ layers: [
    L.batchNormalization({ inputShape: [3] }),
    L.dense({ units: 5 }),
    L.leakyReLU(),
    L.dense({ units: 4, activation: "hardSigmoid" }),
    L.layerNormalization(),
    L.dense({ units: 4, activation: "softplus" }),
    L.batchNormalization(),
    L.elu(),
    L.dense({ units: 2 }),
  ] });
}

function residual() {
  const start = tf.input({ shape: [3] });
  const x = L.dense({ units: 4, activation: "mish" }).apply(start);
  const y = L.dense({ units: 4, activation: "gelu" }).apply(x);
  const z = L.prelu({}).apply(L.add().apply([x, y]));
  const out = L.dense({ units: 1, activation: "sigmoid" }).apply(z);
  return tf.model({ inputs: start, outputs: out });
}

function branches() {
  const start = tf.input({ shape: [3] });
  const dense = (units, activation, x) => L.dense({ units, activation }).apply(x);
  const x = L.concatenate().apply([dense(4, "tanh", start), start]);
  const gate = L.multiply().apply([dense(4, "linear", x), dense(4, "sigmoid", x)]);
  const other = dense(4, "relu", x);
  const more = L.concatenate().apply([other, dense(2, "elu", gate)]);
  const both = L.average().apply([gate, other, dense(4, "linear", more)]);
  const sum = L.add().apply([both, dense(4, "softplus", start)]);
  return tf.model({ inputs: start, outputs: dense(2, "linear", sum) });
}

async function write(name, model) {
  model.setWeights(model.getWeights().map((w) =>
    tf.tensor(Array.from({ length: w.size }, () => 0.4 * normal() + 0.5), w.shape)));
  const bin = `${name}.net.weights.bin`;
  await model.save(tf.io.withSaveHandler(async (artifacts) => {
    const data = artifacts.weightData;
    const shard = Buffer.from(data);
    fs.writeFileSync(path.join(folder, bin), shard);
    fs.writeFileSync(path.join(folder, `${name}.net.json`), JSON.stringify({
      modelTopology: artifacts.modelTopology,
      format: artifacts.format,
      generatedBy: artifacts.generatedBy,
      convertedBy: artifacts.convertedBy,
      weightsManifest: [{ paths: [`./${bin}`], weights: artifacts.weightSpecs }],
    }));
    return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: "JSON" } };
  }));
  const json = JSON.parse(fs.readFileSync(path.join(folder, `${name}.net.json`), "utf8"));
  const bytes = fs.readFileSync(path.join(folder, bin));
  // tfjs 4.22 writes gelu_new, and looks for geluNew when it reads its own file.
  const read = name === "gelu_new" ? model : await tf.loadLayersModel(tf.io.fromMemory({
    modelTopology: json.modelTopology,
    weightSpecs: json.weightsManifest[0].weights,
    weightData: new Uint8Array(bytes).buffer,
  }));
  const X = tf.tensor([...Array.from({ length: 12 }, () => [normal(), normal(), normal()]), ...OUTSIDE]);
  const x = X.arraySync();
  const y = read.predict(X).arraySync();
  fs.writeFileSync(path.join(folder, `${name}.json`), JSON.stringify({
    tool: `TensorFlow.js ${tf.version.tfjs} (CPU), Node ${process.version}`,
    type: "float",
    rows: x.map((row, k) => ({ x: row, y: y[k] })),
  }) + "\n");
}

(async () => {
  await tf.setBackend("cpu");
  await write("plain", plain());
  await write("normalised", normalised());
  await write("residual", residual());
  await write("gelu_new", tf.sequential({ layers: [
    L.dense({ inputShape: [3], units: 4, activation: "gelu_new" }), L.dense({ units: 2 })] }));
  await write("branches", branches());
})();
