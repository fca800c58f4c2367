using EdgeAI.Models;

namespace EdgeAI.Storage.Chunking;

/// <summary>A file that is being imported: its chunks as they come, and the gaps that they leave for the residue.</summary>
internal sealed class FileDraft(long length)
{
    private readonly List<ChunkReference> _chunks = [];
    private readonly List<ChunkReference> _residue = [];
    private readonly List<ModelFileGap> _gaps = [];
    private long _position;
    private int _sinceGap;

    public void Add(in PlannedChunk place, ChunkReference chunk)
    {
        if (place.IsResidue)
        {
            _residue.Add(chunk);
            return;
        }

        AddGap(place.Offset);
        _chunks.Add(chunk);
        _sinceGap++;
        _position = place.Offset + place.Length;
    }

    /// <summary>All chunks, those of the residue last, and the gaps that it fills.</summary>
    public (IReadOnlyList<ChunkReference> Chunks, IReadOnlyList<ModelFileGap> Gaps) Complete()
    {
        AddGap(length);
        return ([.. _chunks, .. _residue], _gaps);
    }

    private void AddGap(long end)
    {
        if (end > _position)
        {
            _gaps.Add(new ModelFileGap(_sinceGap, end - _position));
            (_sinceGap, _position) = (0, end);
        }
    }
}
