using System.Xml.Linq;
using Microsoft.CodeAnalysis;

namespace EdgeAI.Solution.Tests.Documentation;

/// <summary>A public member of a package, and what its documentation says.</summary>
internal sealed record DocumentedMember(ISymbol Symbol)
{
    private XElement? Documentation { get; } =
        Symbol.GetDocumentationCommentXml() is { Length: > 0 } xml ? XElement.Parse($"<doc>{xml}</doc>") : null;

    /// <summary>What is wrong with the documentation; null when nothing is.</summary>
    public string? Problem
    {
        get
        {
            if (Documentation is null)
            {
                return "is not documented";
            }

            return Documentation.Descendants("inheritdoc").Any() ? null : SummaryProblem(Documentation.Descendants("summary").FirstOrDefault());
        }
    }

    public override string ToString() => Symbol.ToDisplayString();

    private static string? SummaryProblem(XElement? summary)
    {
        // An element such as <see> speaks too, though it holds no text.
        if (summary is null || (string.IsNullOrWhiteSpace(summary.Value) && !summary.HasElements))
        {
            return "has a blank summary";
        }

        return summary.Value.TrimStart().StartsWith("Gets or sets", StringComparison.OrdinalIgnoreCase) ? "says no more than its name" : null;
    }
}
