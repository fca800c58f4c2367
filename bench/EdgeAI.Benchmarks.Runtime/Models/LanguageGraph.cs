namespace EdgeAI.Benchmarks.Runtime.Models;

/// <summary>Writes the operators and weights of a language model into a file.</summary>
internal sealed class LanguageGraph(LanguageModel model, OnnxFile file)
{
    private const string Ort = "com.microsoft";
    private const int HeadSize = 64;
    private const int BlockSize = 32;

    public void Build()
    {
        file.Input("input_ids", WeightTensor.Int64, "batch", "seq");
        file.Add(WeightTensor.Of("split", WeightTensor.Int64, new long[] { 0, 0, model.Hidden / HeadSize, HeadSize }, 4));
        file.Add(WeightTensor.Of("merge", WeightTensor.Int64, new long[] { 0, 0, model.Hidden }, 3));
        file.Add(WeightTensor.Of("scale", WeightTensor.Float, new[] { 0.125f }));
        Noise("embed", 1, model.Vocabulary, model.Hidden);
        var x = Node("Gather", ["embed", "input_ids"], "x0");
        for (var layer = 0; layer < model.Layers; layer++)
        {
            x = FeedForward(Attention(x, $"l{layer}_"), $"l{layer}_");
        }

        Node("Identity", [Product(Normalize(x, "last"), "lm_head", model.Hidden, model.Vocabulary)], "logits");
        file.Output("logits", WeightTensor.Float, "batch", "seq", model.Vocabulary);
    }

    private string Attention(string x, string p)
    {
        var y = Normalize(x, p + "ln1");
        var q = Heads(y, p + "q", 0, 2, 1, 3);
        var k = Heads(y, p + "k", 0, 2, 3, 1);
        var v = Heads(y, p + "v", 0, 2, 1, 3);
        var scores = Node("Mul", [Node("MatMul", [q, k], p + "qk"), "scale"], p + "scaled");
        var attention = Node("Softmax", [scores], p + "attention", ("axis", [-1]));
        var seen = Node("Transpose", [Node("MatMul", [attention, v], p + "av")], p + "avt", ("perm", [0, 2, 1, 3]));
        return Node("Add", [x, Product(Node("Reshape", [seen, "merge"], p + "seen"), p + "o", model.Hidden, model.Hidden)], p + "r1");
    }

    private string FeedForward(string x, string p)
    {
        var y = Normalize(x, p + "ln2");
        var gate = Product(y, p + "gate", model.Hidden, model.Inner);
        var open = Node("Mul", [gate, Node("Sigmoid", [gate], p + "sigmoid")], p + "open");
        var inner = Node("Mul", [open, Product(y, p + "up", model.Hidden, model.Inner)], p + "inner");
        return Node("Add", [x, Product(inner, p + "down", model.Inner, model.Hidden)], p + "r2");
    }

    private string Heads(string y, string name, params long[] order) =>
        Node("Transpose", [Node("Reshape", [Product(y, name, model.Hidden, model.Hidden), "split"], name + "s")], name + "t", ("perm", order));

    private string Normalize(string x, string name)
    {
        file.Add(WeightTensor.Of(name + "_w", WeightTensor.Float, Enumerable.Repeat(1f, model.Hidden).ToArray(), model.Hidden));
        file.Add(WeightTensor.Of(name + "_b", WeightTensor.Float, new float[model.Hidden], model.Hidden));
        return Node("LayerNormalization", [x, name + "_w", name + "_b"], name, ("axis", [-1]));
    }

    private string Product(string x, string name, int rows, int columns)
    {
        var spread = 1 / MathF.Sqrt(rows);
        switch (model.Kind)
        {
            case WeightKind.Fp32:
                return Node("MatMul", [x, Noise(name, spread, rows, columns)], name + "_out");
            case WeightKind.Int8:
                file.Add(new WeightTensor(name, WeightTensor.Int8, 1, [rows, columns], WeightFill.Bytes));
                file.Add(WeightTensor.Of(name + "_s", WeightTensor.Float, new[] { spread / 73 }));
                file.Add(WeightTensor.Of(name + "_z", WeightTensor.Int8, new sbyte[1]));
                return file.Node("DynamicQuantizeMatMul", [x, name, name + "_s", name + "_z"], name + "_out", Ort);
            default:
                file.Add(new WeightTensor(name, WeightTensor.UInt8, 1, [columns, rows / BlockSize, BlockSize / 2], WeightFill.Bytes));
                file.Add(new WeightTensor(name + "_s", WeightTensor.Float, sizeof(float), [(long)columns * rows / BlockSize], WeightFill.Scales, spread / 8));
                return file.Node(
                    "MatMulNBits",
                    [x, name, name + "_s"],
                    name + "_out",
                    Ort,
                    ("K", [rows]),
                    ("N", [columns]),
                    ("bits", [4]),
                    ("block_size", [BlockSize]),
                    ("accuracy_level", [4]));
        }
    }

    private string Noise(string name, float spread, params long[] shape) =>
        file.Add(new WeightTensor(name, WeightTensor.Float, sizeof(float), shape, WeightFill.Noise, spread));

    private string Node(string type, string[] inputs, string output, params (string Name, long[] Values)[] attributes) =>
        file.Node(type, inputs, output, string.Empty, attributes);
}
