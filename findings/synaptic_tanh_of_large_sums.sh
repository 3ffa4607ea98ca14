#!/usr/bin/env bash
# synaptic 1.1.4: a network with a TANH unit answers NaN where the unit's sum passes about 709, and from there on NaN
# reaches every output. `Neuron.squash.TANH`, which a single neuron uses, gives 1. The code that a network compiles for
# itself computes (e^x - e^-x) / (e^x + e^-x), a quotient of two infinities.
#
# Seen: at 700 1, at 720 NaN; Neuron.squash.TANH(720) 1
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund synaptic@1.1.4 >/dev/null
node - <<'NODE'
const { Architect, Network, Neuron } = require("synaptic");
const assert = require("assert");

const net = new Architect.Perceptron(1, 1, 1).toJSON();
for (const neuron of net.neurons) Object.assign(neuron, { bias: 0, squash: neuron.layer === 0 ? "TANH" : "IDENTITY" });
for (const connection of net.connections) connection.weight = 1;
const at = x => Network.fromJSON(net).activate([x])[0];
console.log("at 700", at(700), "at 720", at(720), "squash.TANH(720)", Neuron.squash.TANH(720));
assert.equal(at(700), 1);
assert(Number.isNaN(at(720)));
assert.equal(Neuron.squash.TANH(720), 1);
NODE
