using System.Globalization;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;

namespace EdgeAI.Solution.Tests.Documentation;

/// <summary>The documentation file that the compiler writes beside an assembly.</summary>
internal sealed class XmlFileDocumentation(string path) : DocumentationProvider
{
    private readonly Dictionary<string, string> _members = XDocument.Load(path)
        .Descendants("member")
        .ToDictionary(member => member.Attribute("name")!.Value, member => string.Concat(member.Nodes()));

    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => _members.Count;

    protected override string? GetDocumentationForSymbol(
        string documentationMemberID,
        CultureInfo preferredCulture,
        CancellationToken cancellationToken = default) => _members.GetValueOrDefault(documentationMemberID);
}
