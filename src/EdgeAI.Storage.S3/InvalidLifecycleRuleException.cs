namespace EdgeAI.Storage.S3;

/// <summary>A rule for a bucket is not one that it could keep to. The bucket's rules are as they were.</summary>
public sealed class InvalidLifecycleRuleException : EdgeAIException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="rule">The rule's name.</param>
    /// <param name="problem">What is wrong with it, and what to write.</param>
    public InvalidLifecycleRuleException(string rule, string problem)
        : base($"The lifecycle rule '{rule}' can't be set: {problem}.") => Rule = rule;

    /// <summary>The rule's name.</summary>
    public string Rule { get; }
}
