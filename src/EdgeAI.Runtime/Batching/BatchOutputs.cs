using System.Buffers;
using EdgeAI.Inference;

namespace EdgeAI.Batching;

/// <summary>What a batch gave, shared by those who asked: each has its rows where they lie, and the last one to let go gives the memory back.</summary>
internal sealed class BatchOutputs : IDisposable
{
    private readonly ModelOutputs _outputs;
    private readonly string[] _names;
    private readonly MemoryHandle[] _pins;
    private int _shares = 1;

    /// <param name="outputs">Tensors that have the batch's rows; this owns them from now on.</param>
    public BatchOutputs(ModelOutputs outputs)
    {
        _outputs = outputs;
        _names = [.. outputs.Keys];
        _pins = new MemoryHandle[outputs.Count];
        for (var i = 0; i < _pins.Length; i++)
        {
            _pins[i] = outputs[i].AsTensor().Pin();
        }
    }

    /// <summary>Whether every output has so many rows, so that it can be taken apart.</summary>
    public static bool HaveRows(ModelOutputs outputs, int rows)
    {
        for (var i = 0; i < outputs.Count; i++)
        {
            if (outputs[i] is not TensorValue { Shape: [var first, ..] } || first != rows)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Some of the rows, as outputs of their own.</summary>
    public unsafe ModelOutputs Slice(int firstRow, int rows)
    {
        var values = new ModelValue[_pins.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var tensor = _outputs[i].AsTensor();
            var shape = tensor.Shape.ToArray();
            var rowBytes = tensor.AsBytes().Length / (int)shape[0];
            shape[0] = rows;
            Interlocked.Increment(ref _shares);
            values[i] = TensorValue.FromOwner(tensor.ElementType, new BatchRows(this, (byte*)_pins[i].Pointer + ((long)firstRow * rowBytes), rows * rowBytes), shape);
        }

        return new ModelOutputs(_names, values);
    }

    /// <summary>Gives one share back; the first is the maker's.</summary>
    public void Dispose()
    {
        if (Interlocked.Decrement(ref _shares) == 0)
        {
            Array.ForEach(_pins, pin => pin.Dispose());
            _outputs.Dispose();
        }
    }
}
