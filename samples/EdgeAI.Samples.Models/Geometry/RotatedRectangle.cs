using System.Numerics;

namespace EdgeAI.Samples.Geometry;

/// <summary>A rectangle at any angle.</summary>
/// <param name="Centre">Its centre.</param>
/// <param name="Axis">The direction of its width, of length 1.</param>
/// <param name="Width">Its extent along the axis.</param>
/// <param name="Height">Its extent across the axis.</param>
internal readonly record struct RotatedRectangle(Vector2 Centre, Vector2 Axis, float Width, float Height)
{
    private const float Rounding = 1e-3f;

    public float Area => Width * Height;

    public float Perimeter => 2 * (Width + Height);

    public float ShortSide => MathF.Min(Width, Height);

    private Vector2 Normal => new(-Axis.Y, Axis.X);

    /// <summary>The rectangle with every side moved outwards.</summary>
    public RotatedRectangle Grow(float distance) => this with { Width = Width + (2 * distance), Height = Height + (2 * distance) };

    /// <summary>The same rectangle with its axis along the side that is nearest to the horizontal, from left to right.</summary>
    public RotatedRectangle Upright()
    {
        var turned = MathF.Abs(Axis.X) >= MathF.Abs(Axis.Y) ? this : new RotatedRectangle(Centre, Normal, Height, Width);
        return turned.Axis.X >= 0 ? turned : turned with { Axis = -turned.Axis };
    }

    /// <summary>Whether a point is inside or on the edge, give or take what rounding does.</summary>
    public bool Contains(Vector2 point)
    {
        var offset = point - Centre;
        return MathF.Abs(Vector2.Dot(offset, Axis)) <= (Width / 2) + Rounding && MathF.Abs(Vector2.Dot(offset, Normal)) <= (Height / 2) + Rounding;
    }

    public Quad ToQuad()
    {
        var along = Axis * (Width / 2);
        var across = Normal * (Height / 2);
        return new Quad(Centre - along - across, Centre + along - across, Centre + along + across, Centre - along + across);
    }
}
