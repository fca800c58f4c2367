using System.Text.RegularExpressions;

namespace EdgeAI.Benchmarks.Store.Corpora;

/// <summary>What the updates of <c>pairs.json</c> are called here. Families: A is fp32 (OCR recognition), B is fp16 (background removal).</summary>
internal static partial class UpdateNames
{
    private static readonly Dictionary<string, string> Known = new()
    {
        ["L1"] = "update_llm_finetune",
        ["L2"] = "update_llm_lora",
        ["A1"] = "update_fp32_tail_tensors",
        ["A1p"] = "update_fp32_tail_params",
        ["A2"] = "update_fp32_all_tuned",
        ["A3"] = "update_fp32_reordered",
        ["A4"] = "update_fp32_external",
        ["A5"] = "update_fp32_to_fp16",
        ["A6"] = "update_fp32_to_bf16",
        ["A7"] = "update_fp32_to_int8",
        ["A8"] = "update_fp32_int8_tuned",
        ["B1"] = "update_fp16_tail_tensors",
        ["B1p"] = "update_fp16_tail_params",
        ["B2"] = "update_fp16_all_tuned",
        ["B3"] = "update_reordered",
        ["B4"] = "update_fp16_external",
        ["B6"] = "update_fp16_to_bf16",
        ["B7"] = "update_fp16_to_int8",
        ["B8"] = "update_fp16_int8_tuned",
        ["G1"] = "update_gguf_q8_0",
        ["G2"] = "update_gguf_q4_0",
        ["R1"] = "update_real_silero_v5_v6",
        ["R2"] = "update_real_isnet_uint8",
    };

    /// <param name="id">A pair's id, such as <c>A1p ft10 by params</c>.</param>
    public static string Of(string id) =>
        Known.GetValueOrDefault(id.Split(' ')[0]) ?? "update_" + Unfit().Replace(id, "_").Trim('_').ToLowerInvariant();

    [GeneratedRegex("[^A-Za-z0-9]+")]
    private static partial Regex Unfit();
}
