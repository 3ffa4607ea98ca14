#!/usr/bin/env bash
# @tensorflow/tfjs 4.22.0: `tf.loadLayersModel` does not read the file that `model.save` wrote of a layer with the activation
# "gelu_new" (GELU by tanh): the file says gelu_new, the reader turns names into camel case and knows no geluNew. "gelu" goes
# both ways, as does "hardSigmoid", which files call hard_sigmoid.
#
# Seen: gelu: read back; hardSigmoid: read back; gelu_new: Unknown activation: geluNew
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund @tensorflow/tfjs@4.22.0 >/dev/null
node - <<'NODE' 2>/dev/null
const tf = require("@tensorflow/tfjs");
const assert = require("assert");

async function readBack(activation) {
  const model = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3], activation })] });
  let saved;
  await model.save(tf.io.withSaveHandler(async artifacts => { saved = artifacts; return { modelArtifactsInfo: {} }; }));
  try {
    await tf.loadLayersModel(tf.io.fromMemory(saved));
    return "read back";
  } catch (error) {
    return error.message.split(". ")[0];
  }
}

(async () => {
  const seen = {};
  for (const activation of ["gelu", "hardSigmoid", "gelu_new"]) {
    seen[activation] = await readBack(activation);
    console.log(`${activation}: ${seen[activation]}`);
  }
  assert.equal(seen.gelu, "read back");
  assert.equal(seen.hardSigmoid, "read back");
  assert.equal(seen.gelu_new, "Unknown activation: geluNew");
})();
NODE
