using System.Text.RegularExpressions;
using EdgeAI.Models;

namespace EdgeAI.Batching;

/// <summary>
/// Finds state that a model hands on to its next run: an output of an input's type whose name is the input's but for a word of time, such as state and next_state, h_in and h_out, past.0.key and
/// present.0.key. Names are all that a graph says about it.
/// </summary>
internal static partial class StateNames
{
    /// <summary>The first pair, or null when nothing looks like state.</summary>
    public static (ModelValueInfo Input, ModelValueInfo Output)? Find(ModelSignature signature)
    {
        foreach (var input in signature.Inputs)
        {
            var name = Stem(input.Name);
            foreach (var output in signature.Outputs)
            {
                if (name.Any(char.IsAsciiLetter) && name == Stem(output.Name) && input.Type.ElementType == output.Type.ElementType && input.Type.Shape?.Count == output.Type.Shape?.Count)
                {
                    return (input, output);
                }
            }
        }

        return null;
    }

    // Dimensions are not compared: a cache of keys and values grows by each run.
    private static string Stem(string name)
    {
        var words = Cache().Replace(CamelCase().Replace(name, "_"), "cache");
        return string.Concat(WordOfTime().Replace(words, string.Empty).Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant();
    }

    [GeneratedRegex("(?<=[a-z0-9])(?=[A-Z])")]
    private static partial Regex CamelCase();

    [GeneratedRegex("(?<![a-z])(past|present)(_key_values)?(?![a-z])", RegexOptions.IgnoreCase)]
    private static partial Regex Cache();

    [GeneratedRegex("(?<![a-z])(next|prev(ious)?|last|old|new|updated|cur(rent)?|in(put)?s?|out(put)?s?|n|t)(?![a-z])|(?<=(^|_)[hc])(0|n)$", RegexOptions.IgnoreCase)]
    private static partial Regex WordOfTime();
}
