namespace EdgeAI.Models;

/// <summary>A place in a file that its residue fills: what stands before, between and after its large tensors.</summary>
/// <param name="Chunks">How many chunks stand between the gap and the one before it, or the file's beginning: at least 1, but for the first gap.</param>
/// <param name="Length">How many bytes of the residue it takes, at least 1; they follow those of the gap before it.</param>
public readonly record struct ModelFileGap(int Chunks, long Length);
