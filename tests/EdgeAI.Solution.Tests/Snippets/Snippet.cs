namespace EdgeAI.Solution.Tests.Snippets;

/// <summary>A block of C# in a Markdown file.</summary>
/// <param name="Location">The file and the line of the block's first line of code.</param>
/// <param name="Code">The code.</param>
/// <param name="IsFragment">Whether it is a few lines from the middle of a program, rather than a program.</param>
internal sealed record Snippet(string Location, string Code, bool IsFragment);
