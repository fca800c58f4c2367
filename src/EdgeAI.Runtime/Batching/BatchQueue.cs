namespace EdgeAI.Batching;

/// <summary>The requests of one key that wait, in the order in which they came. Belongs to the lock of <see cref="ModelBatcher"/>.</summary>
internal sealed class BatchQueue
{
    private readonly LinkedList<BatchRequest> _requests = [];

    public bool IsEmpty => _requests.Count == 0;

    public int Rows { get; private set; }

    /// <summary>When the oldest request waits for no others any more.</summary>
    public long Due => _requests.First!.Value.Due;

    public IEnumerable<BatchRequest> Requests => _requests;

    public void Add(BatchRequest request)
    {
        request.Place = _requests.AddLast(request);
        Rows += request.Rows;
    }

    public void Remove(BatchRequest request)
    {
        _requests.Remove(request.Place!);
        request.Place = null;
        Rows -= request.Rows;
    }

    /// <summary>Takes the oldest requests that one run can take, at least one. None overtakes another.</summary>
    public List<BatchRequest> Take(int maxRows, out int rows)
    {
        var taken = new List<BatchRequest>();
        var largest = 0L;
        rows = 0;
        while (_requests.First is { Value: var request } && (taken.Count == 0 || (rows + request.Rows <= maxRows && largest + request.Bytes <= Array.MaxLength)))
        {
            Remove(request);
            taken.Add(request);
            rows += request.Rows;
            largest += request.Bytes;
        }

        return taken;
    }
}
