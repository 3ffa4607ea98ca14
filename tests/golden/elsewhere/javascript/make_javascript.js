// Writes networks of brain.js, synaptic, neataptic and ml-fnn by toJSON, and what they make of rows.
//
//     npm install brain.js@1.6.1 synaptic@1.1.4 neataptic@1.4.7 ml-fnn@5.0.0 brain2@npm:brain.js@2.0.0-beta.24
//     node make_javascript.js        (Node 20; ml-fnn 5.0.0 and the others as named)

const fs = require('fs')
const brain1 = require('brain.js'), brain2 = require(process.env.BRAIN2 || 'brain2')
const synaptic = require('synaptic'), neataptic = require('neataptic'), FNN = require('ml-fnn')

let seed = 7
Math.random = () => (seed = (seed * 16807) % 2147483647) / 2147483647
const draw = size => size * (2 * Math.random() - 1)
const rows = n => [0, 1, 1, 1, 2, 2, 10, 100, 1e4].map(size => Array.from({ length: n }, () => draw(size)))

function done(name, json, predict, n, type) {
  const text = JSON.stringify(json), again = JSON.parse(text)
  fs.writeFileSync(`${name}.net.json`, text)
  // synaptic's tanh is NaN beyond 709, as the quotient of two infinities.
  const tried = rows(n).map(x => ({ x, y: Array.from(predict(again, x)) })).filter(row => row.y.every(Number.isFinite))
  fs.writeFileSync(`${name}.json`, JSON.stringify({ made_by: name.split('_')[0], type, rows: tried }))
}

const data = Array.from({ length: 30 }, () => [draw(1), draw(1), draw(1)]).map(x => ({
  input: x, output: [x[0] * x[1] > 0 ? 1 : 0, 0.5 + x[2] / 2] }))
const named = data.map(d => ({ input: { r: d.input[0], g: d.input[1], b: d.input[2] }, output: { yes: d.output[0], no: d.output[1] } }))
for (const activation of ['sigmoid', 'relu', 'tanh', 'leaky-relu']) {
  for (const [version, brain] of [[1, brain1], [2, brain2]]) {
    const list = activation === 'sigmoid' || activation === 'leaky-relu'
    const net = new brain.NeuralNetwork({ hiddenLayers: [5, 4], activation, leakyReluAlpha: 0.2 })
    net.train(list ? data : named, { iterations: 40 })
    done(`brain${version}_${activation}`, net.toJSON(), (json, x) => run(brain, json, x, list), 3, 'float')
  }
}
function run(brain, json, x, list) {
  const net = new brain.NeuralNetwork()
  net.fromJSON(json)
  const y = net.run(list ? x : { r: x[0], g: x[1], b: x[2] })
  return list ? y : [y.yes, y.no]
}

const s = new synaptic.Architect.Perceptron(3, 4, 3, 2)
s.layers.hidden[0].list.forEach((n, k) => { n.squash = [synaptic.Neuron.squash.TANH, synaptic.Neuron.squash.LOGISTIC][k % 2] })
s.layers.output.list[1].squash = synaptic.Neuron.squash.IDENTITY
const scaled = net => { net.connections.forEach(c => { c.weight = draw(2) }); return net }
const plain = new synaptic.Architect.Perceptron(3, 4, 2)
for (const [name, net] of [['mixed', s], ['plain', plain]])
  done(`synaptic_${name}`, scaled(net.toJSON()), (json, x) => synaptic.Network.fromJSON(json).activate(x), 3, 'double')
const skips = new synaptic.Layer(3), hidden = new synaptic.Layer(4), last = new synaptic.Layer(1)
skips.project(hidden); skips.project(last); hidden.project(last)
done('synaptic_skips', scaled(new synaptic.Network({ input: skips, hidden: [hidden], output: last }).toJSON()),
  (json, x) => synaptic.Network.fromJSON(json).activate(x), 3, 'double')

const squashes = ['LOGISTIC', 'TANH', 'IDENTITY', 'RELU', 'SOFTSIGN', 'SINUSOID', 'GAUSSIAN', 'BIPOLAR_SIGMOID', 'HARD_TANH', 'INVERSE', 'SELU']
const every = new neataptic.architect.Perceptron(3, 11, 2)
every.nodes.filter(n => n.type === 'hidden').forEach((n, k) => { n.squash = neataptic.methods.activation[squashes[k]] })
const grown = new neataptic.Network(3, 2)
for (let k = 0; k < 8; k++) { grown.mutate(neataptic.methods.mutation.ADD_NODE); grown.mutate(neataptic.methods.mutation.ADD_CONN) }
for (const n of grown.nodes) if (['STEP', 'BENT_IDENTITY', 'BIPOLAR', 'ABSOLUTE'].includes(n.squash.name)) n.squash = neataptic.methods.activation.TANH
const simple = new neataptic.architect.Perceptron(3, 5, 4, 1)
for (const [name, net] of [['every', every], ['grown', grown], ['simple', simple]])
  done(`neataptic_${name}`, scaled(net.toJSON()), (json, x) => neataptic.Network.fromJSON(json).activate(x), 3, 'double')

for (const [name, labels, hiddenLayers] of [['three', ['c', 'a', 'b'], [5]], ['two', [1, 0], [4, 3]], ['deep', ['x', 'y', 'z', 'w'], [4, 4, 4]]]) {
  const f = new FNN({ hiddenLayers, iterations: 60, learningRate: 0.05 })
  f.train(data.map(d => d.input), data.map((d, k) => labels[k % labels.length]))
  done(`ml_fnn_${name}`, f.toJSON(), (json, x) => FNN.load(json).propagate(require('ml-matrix').Matrix.checkMatrix([x])).to2DArray()[0], 3, 'double')
}
