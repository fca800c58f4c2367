using EdgeAI.Storage.Importing.Onnx;

namespace EdgeAI.Storage.Materializing;

/// <summary>
/// Copies an ONNX file with the places of some tensors' bytes rewritten. Only those fields, and the lengths of the messages around them,
/// differ from the original; everything else, known to us or not, is copied as it is.
/// </summary>
internal sealed class SkeletonWriter
{
    private const int BufferSize = 1 << 16;

    private readonly List<ProtobufEdit> _edits = [];
    private readonly Dictionary<long, Message> _messages = [];

    /// <summary>Replaces the fields that say where a tensor's bytes are.</summary>
    public void Replace(OnnxTensor tensor, byte[] fields)
    {
        var inserted = fields;
        foreach (var field in tensor.DataFields)
        {
            Add(new ProtobufEdit(field.Start, field.End - field.Start, inserted), tensor.Message);
            inserted = [];
        }
    }

    public async ValueTask WriteAsync(Stream original, Stream skeleton, CancellationToken cancellationToken)
    {
        AddHeaders();
        _edits.Sort((left, right) => left.Offset.CompareTo(right.Offset));
        var buffer = new byte[BufferSize];
        long position = 0;
        foreach (var edit in _edits)
        {
            await CopyAsync(original, skeleton, position, edit.Offset - position, buffer, cancellationToken).ConfigureAwait(false);
            await skeleton.WriteAsync(edit.Inserted, cancellationToken).ConfigureAwait(false);
            position = edit.Offset + edit.Removed;
        }

        await CopyAsync(original, skeleton, position, original.Length - position, buffer, cancellationToken).ConfigureAwait(false);
    }

    private void Add(ProtobufEdit edit, EnclosingMessage enclosing)
    {
        _edits.Add(edit);
        Find(enclosing).Delta += edit.Delta;
    }

    private Message Find(EnclosingMessage enclosing)
    {
        if (!_messages.TryGetValue(enclosing.Field.Start, out var message))
        {
            var parent = enclosing.Parent is null ? null : Find(enclosing.Parent);
            message = new Message(enclosing.Field, parent is null ? 0 : parent.Depth + 1, parent);
            _messages.Add(enclosing.Field.Start, message);
        }

        return message;
    }

    // From the inside out: a message's new length may need a longer header, which makes the message around it longer too.
    private void AddHeaders()
    {
        foreach (var message in _messages.Values.OrderByDescending(message => message.Depth))
        {
            var field = message.Field;
            var header = ProtobufFields.Header(field.Number, field.ContentLength + message.Delta);
            var edit = new ProtobufEdit(field.Start, field.ContentStart - field.Start, header);
            _edits.Add(edit);
            if (message.Parent is { } parent)
            {
                parent.Delta += message.Delta + edit.Delta;
            }
        }
    }

    private static async ValueTask CopyAsync(
        Stream source,
        Stream destination,
        long offset,
        long count,
        byte[] buffer,
        CancellationToken cancellationToken)
    {
        source.Position = offset;
        while (count > 0)
        {
            var take = (int)Math.Min(count, buffer.Length);
            await source.ReadExactlyAsync(buffer.AsMemory(0, take), cancellationToken).ConfigureAwait(false);
            await destination.WriteAsync(buffer.AsMemory(0, take), cancellationToken).ConfigureAwait(false);
            count -= take;
        }
    }

    private sealed class Message(ProtobufField field, int depth, Message? parent)
    {
        public ProtobufField Field { get; } = field;

        public int Depth { get; } = depth;

        public Message? Parent { get; } = parent;

        /// <summary>By how much the content grows.</summary>
        public long Delta { get; set; }
    }
}
