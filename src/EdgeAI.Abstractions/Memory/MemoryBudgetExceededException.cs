using EdgeAI.Models;

namespace EdgeAI.Memory;

/// <summary>There is no room in the memory budget to load a model. Nothing was loaded, and nothing is reserved for it.</summary>
public sealed class MemoryBudgetExceededException : EdgeAIException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="model">The model that was to be loaded.</param>
    /// <param name="needed">What it takes.</param>
    /// <param name="report">What is in memory, and the budget.</param>
    public MemoryBudgetExceededException(ModelReference model, MemoryUse needed, MemoryReport report)
        : base(Describe(model, needed, report))
    {
        Model = model;
        Needed = needed;
        Budget = report.Budget;
        Reserved = report.Reserved;
        Holders = HoldersOf(report);
    }

    /// <summary>The model that was to be loaded.</summary>
    public ModelReference Model { get; }

    /// <summary>What it takes.</summary>
    public MemoryUse Needed { get; }

    /// <summary>The budget.</summary>
    public MemoryUse Budget { get; }

    /// <summary>What was reserved when it failed.</summary>
    public MemoryUse Reserved { get; }

    /// <summary>The models that hold what is reserved, the largest first.</summary>
    public IReadOnlyList<LoadedModel> Holders { get; }

    /// <summary>Whether the model takes more than the whole budget, so that waiting is of no use.</summary>
    public bool IsLargerThanBudget => IsLarger(Needed, Budget);

    private static bool IsLarger(MemoryUse needed, MemoryUse budget) => needed.Private > budget.Private || needed.Device > budget.Device;

    private static LoadedModel[] HoldersOf(MemoryReport report) => [.. report.Models.Where(model => model.Memory.Total > 0)];

    private static string Describe(ModelReference model, MemoryUse needed, MemoryReport report)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(report);
        if (IsLarger(needed, report.Budget))
        {
            return $"'{model}' takes {needed}, more than the whole budget of {report.Budget}. Set EdgeAI:Memory:HostPrivateBytes to {needed.Private} or more and "
                + $"DeviceBytes to {needed.Device} or more, leave its weights unpacked (EdgeAI:Inference:WeightPacking), or use a smaller model.";
        }

        var holders = string.Join("; ", HoldersOf(report).Select(Describe));
        return $"There is no room for '{model}': it takes {needed}, and {report.Reserved} of the budget of {report.Budget} are reserved: {holders}. "
            + "Dispose leases, unpin or swap out a model, wait longer (EdgeAI:Memory:AdmissionTimeout), or raise the budget (EdgeAI:Memory).";
    }

    private static string Describe(LoadedModel holder) =>
        $"{holder.Reference} {holder.Memory} ({(holder.Pins > 0 ? "pinned" : holder.Leases > 0 ? "leased" : "idle")}, {holder.State})";
}
