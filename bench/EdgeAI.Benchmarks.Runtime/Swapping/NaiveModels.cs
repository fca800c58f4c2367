using Microsoft.ML.OnnxRuntime;

namespace EdgeAI.Benchmarks.Runtime.Swapping;

/// <summary>What most apps do: a session is opened from its file when it is asked for, and the one that was used least recently is closed when there are too many.</summary>
internal sealed class NaiveModels(string[] files, int most) : IDisposable
{
    private readonly LinkedList<(int Model, InferenceSession Session)> _sessions = [];
    private readonly RunOptions _options = new();

    public void Run(int model, float[] input)
    {
        var session = Open(model);
        using var value = OrtValue.CreateTensorValueFromMemory(input, LayeredModel.Shape);
        using var outputs = session.Run(_options, [LayeredModel.InputName], [value], session.OutputNames);
    }

    public void Dispose()
    {
        foreach (var (_, session) in _sessions)
        {
            session.Dispose();
        }

        _options.Dispose();
    }

    private InferenceSession Open(int model)
    {
        for (var node = _sessions.First; node is not null; node = node.Next)
        {
            if (node.Value.Model == model)
            {
                _sessions.Remove(node);
                _sessions.AddFirst(node);
                return node.Value.Session;
            }
        }

        if (_sessions.Count == most)
        {
            _sessions.Last!.Value.Session.Dispose();
            _sessions.RemoveLast();
        }

        return _sessions.AddFirst((model, new InferenceSession(files[model]))).Value.Session;
    }
}
